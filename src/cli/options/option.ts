import { Option as CommanderOption, type Command } from 'commander';
import {
  checkValues,
  defaultsOf,
  flagOf,
  throwProblems,
  type Given,
  type Option,
  type Options,
  type Values,
} from '../../settings/option.js';

/** The options as commander hands them over: texts, lists of those that may be given several times, booleans of flags. */
export type RawOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** @param defaults the defaults that help shows of options without one of their own */
export function addOptions(command: Command, options: Options, defaults: object = {}): Command {
  const known = new Map<string, unknown>(Object.entries(defaults));
  for (const [key, option] of Object.entries(options)) {
    const { kind, not, default: own = known.get(key) } = option;
    const flag = flagOf(key);
    const value = kind.value === undefined ? '' : kind.isOptional === true ? ` [${kind.value}]` : ` <${kind.value}>`;
    // A flag that is on by default only has its other form.
    if (own !== true || not === undefined)
      add(command, option, flag + value, option.help + describeDefault(option, own));
    if (not !== undefined) add(command, { ...option, isRare: own !== true }, flag.replace('--', '--no-'), not);
  }
  if (!Object.values(options).some(({ isRare }) => isRare)) return command;
  return command.option('--help-all', 'show rarely needed options as well').on('option:help-all', () => {
    for (const option of command.options) option.hidden = false;
    command.help();
  });
}

function add(command: Command, { kind, group, isRare = false }: Option<unknown>, flags: string, help: string): void {
  const option = new CommanderOption(flags, help).hideHelp(isRare);
  // For completion; what is accepted is checked with all other options.
  if (kind.choices !== undefined) option.argChoices = [...kind.choices];
  if (kind.repeats === true) option.argParser<string[] | undefined>((value, before) => [...(before ?? []), value]);
  if (group !== undefined) option.helpGroup(`${group}:`);
  command.addOption(option);
  // Commander would give true as if the command line had it, which goes before a configuration file.
  if (option.negate) command.setOptionValue(option.attributeName(), undefined);
}

function describeDefault({ kind, usual }: Option<unknown>, value: unknown): string {
  const isPlain = typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
  const named = usual ?? (isPlain ? String(value) : undefined);
  const parts = [
    ...(kind.choices === undefined ? [] : [kind.choices.join(', ')]),
    ...(named === undefined ? [] : [`default: ${named}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** Reads the options that were given on the command line. */
export function readGiven<Table extends Options>(options: Table, raw: RawOptions): Given<Table> {
  return checkValues(options, raw, flagOf, (kind, given) => {
    if (Array.isArray(given) && given.length > 1) return given.flatMap((text: string) => kind.parse(text));
    const text: unknown = Array.isArray(given) ? given[0] : given;
    return typeof text === 'string' ? kind.parse(text) : text;
  });
}

/**
 * Reads the options of a command; those that were not given have their defaults.
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readOptions<Table extends Options>(options: Table, raw: RawOptions): Values<Table> {
  const { values, problems } = readGiven(options, raw);
  throwProblems(problems);
  return { ...defaultsOf(options), ...values } as Values<Table>;
}
