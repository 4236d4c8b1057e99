import { dataSettings } from './data_settings.js';
import { filesOf } from './list_kinds.js';
import { checkValues, flagOf, type Given, type Values } from './option.js';
import type { Setting, SettingsCommand } from './setting.js';
import { trainingSettings } from './training_settings.js';

/**
 * All settings of an experiment are declared in this table. The command line, configuration files, help, what
 * `lora --base` takes over and what `run.json` records all come from this table. Their defaults are those of a preset,
 * which has them under the same keys, or stand here.
 */
export const settings = { ...dataSettings, ...trainingSettings } as const;

/** The settings of an experiment, by their keys. */
export type ExperimentSettings = Values<typeof settings>;
export type SettingKey = keyof ExperimentSettings;

/** A table of some of the settings. */
export type SomeSettings = Partial<typeof settings>;

/** Returns the table of the settings that a command takes. */
export function settingsOf(command: SettingsCommand): SomeSettings {
  return settingsThat(({ commands }) => commands.includes(command));
}

export function settingsThat(isWanted: (setting: Setting<unknown>) => boolean): SomeSettings {
  const entries = Object.entries<Setting<unknown>>(settings);
  return Object.fromEntries(entries.filter(([, setting]) => isWanted(setting)));
}

/**
 * Returns the part of `run.json` that records the settings, under the names that it has always had.
 * @param location where the reviews are
 * @param validationSize number of the reviews that are held out
 */
export function recordSettings(
  all: ExperimentSettings,
  { location, validationSize }: { location: string; validationSize: number },
): Record<string, unknown> {
  const recorded: Record<string, unknown> = {};
  for (const [key, { recordedAs = key }] of Object.entries<Setting<unknown>>(settings)) {
    const [name = key, inner] = recordedAs.split('.');
    const value = all[key as SettingKey];
    if (inner === undefined) recorded[name] = value;
    else recorded[name] = { ...(recorded[name] as object | undefined), [inner]: value };
  }
  return {
    ...recorded,
    // Files of the splits are among the settings.
    data: all.train === undefined ? location : undefined,
    validFile: filesOf(all.valid),
    validationSize,
  };
}

/**
 * Returns the settings of a recorded run, a preset or a configuration file by their keys, and the names that are no
 * setting. A key goes before the recorded name of the same setting.
 */
export function byKeys(document: object): { values: Record<string, unknown>; unknown: string[] } {
  const names = Object.entries<Setting<unknown>>(settings).map(([key, { recordedAs = key }]) => [recordedAs, key]);
  const keys = new Map<string, string>(names as [string, string][]);
  // The number of the reviews in a file for validation is recorded beside the file.
  keys.set('validFile', 'valid');
  const values: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(flatten(document))) {
    if (value === undefined) continue;
    const key = Object.hasOwn(settings, name) ? name : keys.get(name);
    if (key === undefined) unknown.push(name);
    else if (key === name || name === 'validFile' || !(key in values)) values[key] = value;
  }
  return { values, unknown };
}

/** Takes apart the object that the features are recorded in. */
function flatten({ features, ...others }: { features?: unknown }): Record<string, unknown> {
  if (typeof features !== 'object' || features === null || Array.isArray(features)) {
    return { ...others, ...(features !== undefined && { features }) };
  }
  const inner = Object.entries(features).map(([name, value]) => [`features.${name}`, value as unknown]);
  return { ...others, ...(Object.fromEntries(inner) as Record<string, unknown>) };
}

/** Checks settings of a file by the names they have there. @param path the file, for messages */
export function checkDocument(table: SomeSettings, document: object, path: string): Given<SomeSettings> {
  const { values, unknown } = byKeys(document);
  const others = Object.keys(values).filter((key) => !Object.hasOwn(table, key));
  const checked = checkValues(table, values, (key) => key);
  const strangers = [...others, ...unknown].map((name) => `Expected no "${name}", which is no option here.`);
  return {
    ...checked,
    problems: [...checked.problems, ...strangers].map((problem) => `${path}: ${problem}`),
  };
}

/** Puts flags into a message of the library, which calls an option by its key: "the option textColumn". */
export function withFlags(message: string): string {
  const key = `(?:${[...Object.keys(settings), 'libtorch'].join('|')})\\b`;
  const named = new RegExp(`\\bthe options? (${key})((?: and ${key})?)`, 'g');
  const negated = new RegExp(`\\bthe option (${key}) false\\b`, 'g');
  return message
    .replace(negated, (_all, only: string) => flagOf(only).replace('--', '--no-'))
    .replace(
      named,
      (_all, first: string, second: string) => flagOf(first) + second.replace(/\w+$/, (other) => flagOf(other)),
    );
}
