import type { Command } from 'commander';
import { trainPresets, type Preset } from '../../experiments/presets.js';
import type { Base } from '../../settings/base.js';
import { readConfig } from '../../settings/config_file.js';
import { choice, flag, optional, text } from '../../settings/kinds.js';
import { defaultsOf, type Options, type Values } from '../../settings/option.js';
import type { SettingsCommand } from '../../settings/setting.js';
import { byKeys, settingsOf, type ExperimentSettings } from '../../settings/settings.js';
import { isImdb, settle, type Presets } from '../../settings/settle.js';
import { addOptions, readGiven, type RawOptions } from './option.js';

type Some = Partial<ExperimentSettings>;

/** The option that names settings by a file. */
export const configOption = {
  config: {
    kind: optional(text('file')),
    help: 'JSON file of options, or the run.json of a run; the command line goes before it',
  },
} as const;

/** The options that name many settings at once. */
export function presetOptions(presets: Presets) {
  return {
    preset: {
      kind: optional(choice(Object.keys(presets))),
      help: 'defaults of all other options',
      usual: 'auto' in presets ? 'notebook for imdb and sample, else auto' : 'notebook',
    },
    ...configOption,
    printConfig: {
      kind: flag,
      default: false,
      help: 'print the options as such a file and stop',
    },
  } as const;
}

/** Adds the settings that a command takes, whose defaults help says are those of a preset. */
export function addSettings(command: Command, name: SettingsCommand, preset: Preset = trainPresets.notebook): Command {
  return addOptions(command, settingsOf(name), byKeys(preset).values);
}

/** The options of a command that takes settings. */
interface Request<Own extends Options> {
  /** The options beside the settings. */
  readonly options: Values<Own>;
  /** The keys of the settings that the command line or the configuration file names. */
  readonly named: ReadonlySet<string>;
  /**
   * Completes the settings with those of the base, the configuration file and the preset.
   * @throws ImdbTorchError ERR_USAGE that names everything that does not go together
   */
  readonly settle: (base?: Base | null) => ExperimentSettings;
}

/**
 * Reads the options of a command that takes settings.
 * @param own its options beside them
 * @param read reads the configuration file
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export async function readRequest<Own extends Options>(
  raw: RawOptions,
  command: SettingsCommand,
  own: Own,
  presets: Presets = trainPresets,
  read: typeof readConfig = readConfig,
): Promise<Request<Own>> {
  const given = readGiven(settingsOf(command), raw) as { values: Some; problems: string[] };
  const others = readGiven(own, raw);
  const options = { ...defaultsOf(own), ...others.values } as Values<Own>;
  const { preset, config: path } = options as { preset?: string; config?: string };
  const config = path === undefined ? { values: {}, problems: [] } : read(path, command);
  const problems = [...given.problems, ...others.problems, ...config.problems];
  const named = { ...(config.values as Some), ...given.values };
  const asked = { command, presets, preset, problems, config: config.values as Some, given: given.values };
  const isImdbNamed = await isImdb(named);
  const settleWith = (base: Base | null = null): ExperimentSettings => settle({ ...asked, isImdb: isImdbNamed, base });
  if (problems.length > 0) settleWith();
  return { options, named: new Set(Object.keys(named)), settle: settleWith };
}
