import { isImdbData } from '../data/imdb/is_imdb_data.js';
import { trainPresets, type Preset } from '../experiments/presets.js';
import { dualCoordinateDescent } from '../training/optimizer_options.js';
import { inheritFrom, type Base } from './base.js';
import { findConflicts } from './conflicts.js';
import { chooseData } from './data_choice.js';
import { defaultsOf, throwProblems } from './option.js';
import type { Setting, SettingsCommand } from './setting.js';
import { byKeys, settings, type ExperimentSettings } from './settings.js';

/** The presets of a command; `auto` is its default for reviews of one's own, where it has one. */
export type Presets = Readonly<Record<'notebook', Preset> & Partial<Record<'auto', Preset>>>;

type Some = Partial<ExperimentSettings>;

/** What settings are completed from. */
export interface AskedSettings {
  readonly command: SettingsCommand;
  readonly presets: Presets;
  /** The name of the preset that was asked for. */
  readonly preset: string | undefined;
  /** The settings of the configuration file. */
  readonly config: Some;
  /** The settings that were given themselves, which go before all others. */
  readonly given: Some;
  /** Whether the reviews that they name are those of IMDb, or the sample. */
  readonly isImdb: boolean;
  /** The run that fine-tuning starts from. */
  readonly base: Base | null;
  /** What is known to be wrong with them. */
  readonly problems: readonly string[];
}

/**
 * Completes settings with those of the base, the configuration file and the preset. Without a preset that is that of the
 * notebook or, where the reviews are others than IMDb's and the sample, `auto` where the command has it.
 * @throws ImdbTorchError ERR_USAGE that names everything that is not as expected, or does not go together
 */
export function settle({ command, presets, base, problems, ...asked }: AskedSettings): ExperimentSettings {
  const { preset, config, given } = asked;
  const named = { ...config, ...given };
  const isNamed = named.data !== undefined || named.train !== undefined;
  const isOwn = !(base === null || isNamed ? asked.isImdb : base.isImdb);
  const chosen = preset ?? (isOwn && presets.auto !== undefined ? 'auto' : undefined);
  const start = completeSettings({}, new Map(Object.entries<Preset>(presets)).get(chosen ?? '') ?? presets.notebook);
  const { usual, fixed } = base === null ? { usual: {}, fixed: {} } : inheritFrom(base, { preset, config, given });
  const merged = over({ ...over(over(start, usual), config), ...fixed }, given);
  const all = holdsOutAsAsked(merged, named) ? { ...merged, folds: null } : merged;
  throwProblems([...problems, ...findConflicts(all as ExperimentSettings, given, command)]);
  return all as ExperimentSettings;
}

/** Completes settings with those of a preset, and with the defaults of what a preset has not. */
export function completeSettings(some: Some, preset: Preset = trainPresets.notebook): ExperimentSettings {
  return { ...defaultsOf(settings), ...byKeys(preset).values, ...some } as ExperimentSettings;
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
