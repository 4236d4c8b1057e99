import { Option as CommanderOption, type Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import type { Kind } from './kinds.js';

/** The headings that `--help` has options under. */
type Group = 'Data' | 'Features' | 'Model' | 'Training' | 'Selection' | 'Computing' | 'Output';

/** An option of a command. Its flag is its key in kebab-case. */
export interface Option<T> {
  readonly kind: Kind<T>;
  readonly help: string;
  readonly group?: Group;
  readonly default?: T;
  /** The default in words, where it is no plain value. */
  readonly usual?: string;
  /** The help of the `--no-` form of a flag. */
  readonly not?: string;
  /** Rare options are shown by `--help-all` alone. */
  readonly isRare?: boolean;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of a table of options. */
export type Values<Table extends Options> = {
  [Key in keyof Table]: Table[Key]['kind'] extends Kind<infer T> ? T : never;
};

/** The options as commander hands them over: texts, lists of those that may be given several times, booleans of flags. */
export type RawOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

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

/** The values that were given, those that are not as expected among them, and a sentence for each of these. */
export interface Given<Table extends Options> {
  readonly values: Partial<Values<Table>>;
  readonly problems: string[];
}

/** Checks values by their keys. @param nameOf what messages call an option */
export function checkValues<Table extends Options>(
  options: Table,
  values: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string,
  read: (kind: Kind<unknown>, value: unknown) => unknown = (_kind, value) => value,
): Given<Table> {
  const accepted: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, { kind }] of Object.entries(options)) {
    const given = values[key];
    if (given === undefined) continue;
    const value = kind.accept(read(kind, given));
    // Of an option that may be given several times, its only value.
    const received: unknown = Array.isArray(given) && given.length === 1 ? given[0] : given;
    accepted[key] = value === undefined ? received : value;
    if (value === undefined)
      problems.push(`Expected ${kind.expected} for ${nameOf(key)} but received ${JSON.stringify(received)}.`);
  }
  return { values: accepted as Partial<Values<Table>>, problems };
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

export function defaultsOf(options: Options): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
}

/** @throws ImdbTorchError ERR_USAGE with all of them, when there are any */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}
