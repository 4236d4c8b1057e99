import type { Command } from 'commander';
import { isImdbData } from '../../data/imdb/is_imdb_data.js';
import { trainPresets, type Preset } from '../../experiments/presets.js';
import { dualCoordinateDescent } from '../../training/optimizer_options.js';
import { inheritFrom, type Base } from './base.js';
import { chooseData } from './choose_data.js';
import { readConfig } from './config_file.js';
import { findConflicts } from './conflicts.js';
import { choice, flag, optional, text } from './kinds.js';
import {
  addOptions,
  defaultsOf,
  readGiven,
  throwProblems,
  type Options,
  type RawOptions,
  type Values,
} from './option.js';
import type { Setting, SettingsCommand } from './setting.js';
import { byKeys, settings, settingsOf, type ExperimentSettings } from './settings.js';

type Presets = Readonly<Record<'notebook', Preset> & Partial<Record<'auto', Preset>>>;
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

/** Completes settings with those of a preset, and with the defaults of what a preset has not. */
export function completeSettings(some: Some, preset: Preset = trainPresets.notebook): ExperimentSettings {
  return { ...defaultsOf(settings), ...byKeys(preset).values, ...some } as ExperimentSettings;
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
 * Reads the options of a command that takes settings. Without a preset that is that of the notebook or, where the reviews are
 * others than IMDb's and the sample, `auto` where the command has it.
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
  const isImdbNamed = await isImdb(named);
  const settle = (base: Base | null = null): ExperimentSettings => {
    const isNamed = named.data !== undefined || named.train !== undefined;
    const isOwn = !(base === null || isNamed ? isImdbNamed : base.isImdb);
    const chosen = preset ?? (isOwn && presets.auto !== undefined ? 'auto' : undefined);
    const start = completeSettings({}, new Map(Object.entries<Preset>(presets)).get(chosen ?? '') ?? presets.notebook);
    const beside = { preset, config: config.values as Some, given: given.values };
    const { usual, fixed } = base === null ? { usual: {}, fixed: {} } : inheritFrom(base, beside);
    const merged = over({ ...over(over(start, usual), beside.config), ...fixed }, given.values);
    const all = holdsOutAsAsked(merged, named) ? { ...merged, folds: null } : merged;
    throwProblems([...problems, ...findConflicts(all as ExperimentSettings, given.values, command)]);
    return all as ExperimentSettings;
  };
  if (problems.length > 0) settle();
  return { options, named: new Set(Object.keys(named)), settle };
}

/** Whether the reviews that settings name are those of IMDb, or the sample. */
export async function isImdb({ data, train }: Pick<Some, 'data' | 'train'>): Promise<boolean> {
  if (train !== undefined) return false;
  const chosen = chooseData(data);
  return chosen === 'sample' || isImdbData(chosen);
}

/** Whether a linear model is to be judged on reviews that were asked to be held out rather than in folds. */
function holdsOutAsAsked({ optimizer, valid }: Some, named: Some): boolean {
  return (
    optimizer === dualCoordinateDescent && valid !== null && named.valid !== undefined && named.folds === undefined
  );
}

/** Puts settings over others. Where they name reviews, nothing of the reviews below them is left. */
function over(below: Some, above: Some): Some {
  if (above.data === undefined && above.train === undefined) return { ...below, ...above };
  const entries = Object.entries(below).filter(([key, value]) => {
    const { inherited }: Setting<unknown> = settings[key as keyof typeof settings];
    return inherited !== 'data' && !(key === 'valid' && typeof value !== 'number' && value !== null);
  });
  return { ...Object.fromEntries(entries), ...above };
}
