import { readFileSync } from 'node:fs';
import { ImdbTorchError, messageOf } from '../errors.js';
import { absolutePaths, optionsFromHere } from '../storage/recorded_paths.js';
import type { RunDocument } from '../storage/run_document.js';
import { textOfFile } from '../system/text_file.js';
import type { Given } from './option.js';
import type { SettingsCommand } from './setting.js';
import {
  byKeys,
  checkDocument,
  settingsOf,
  type ExperimentSettings,
  type SettingKey,
  type SomeSettings,
} from './settings.js';

/**
 * Reads a file of settings, as `configOf` makes it; any of them may be missing.
 * @throws ImdbTorchError ERR_USAGE when the file is not JSON
 */
export function readConfig(path: string, command: SettingsCommand): Given<SomeSettings> {
  const parsed = parse(path);
  const table = settingsOf(command);
  if (isRunDocument(parsed)) return checkDocument(table, optionsOfRun(parsed, table), path);
  const document = parsed;
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return checkDocument(table, document, path);
  }
  return {
    values: {},
    problems: [`${path}: Expected an object of options but received another JSON value.`],
  };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(textOfFile(readFileSync(path)).toString('utf8'));
  } catch (cause) {
    const message = `Expected a JSON file of options for --config: ${messageOf(cause)}`;
    throw new ImdbTorchError('ERR_USAGE', message, { cause });
  }
}

/** Whether a document is the `run.json` of a run, whose options make the same run again. */
function isRunDocument(document: unknown): document is Pick<RunDocument, 'options' | 'paths'> {
  return typeof document === 'object' && document !== null && 'schema' in document && 'options' in document;
}

/** Returns the recorded options that the command takes. Where reviews were dealt out to folds, none were held out by number. */
function optionsOfRun(run: Pick<RunDocument, 'options' | 'paths'>, table: SomeSettings): object {
  const { values } = byKeys(optionsFromHere(run));
  const known = Object.entries(values).filter(([key]) => Object.hasOwn(table, key));
  const options = Object.fromEntries(known);
  return typeof options.folds === 'number' && typeof options.valid === 'number' ? { ...options, valid: null } : options;
}

/** The settings of a linear model that a search chooses unless they are given. */
const ofLinear: readonly string[] = [
  'ngrams',
  'characters',
  'minCount',
  'weighting',
  'cost',
  'cleanUp',
  'folds',
  'repeats',
];
/** The same of fine-tuning. */
const ofTuning: readonly string[] = ['lr', 'loraEpochs'];

/**
 * Reads a file of settings for a new search. One that says `search: none`, as `run.json` and the `config.json` of a search
 * do, tells what was trained in the end rather than what is to be kept: of that, what a search chooses is left out.
 * @throws what `readConfig` throws
 */
export function readConfigToSearch(path: string, command: SettingsCommand): Given<SomeSettings> {
  const given = readConfig(path, command);
  const values: Partial<ExperimentSettings> = given.values;
  if (values.search !== 'none') return given;
  const left = ['search', 'budget', ...ofLinear, ...(values.characters === null ? ['characterWeight'] : [])];
  const kept = Object.entries(values).filter(([key]) => !left.includes(key));
  return { ...given, values: Object.fromEntries(kept) };
}

/**
 * Returns the document of a configuration file that has these settings, which means the same whatever the working directory.
 * @param named the keys that were given: of the others, what is only found out later is left out
 * @param counted the keys whose values are counted from the reviews
 */
export function configOf(
  settings: ExperimentSettings,
  command: SettingsCommand,
  named: ReadonlySet<string> = new Set(),
  counted: readonly string[] = [],
): object {
  const all = { ...settings, ...absolutePaths(settings) };
  const searched = settings.search === 'none' ? [] : command === 'lora' ? ofTuning : ofLinear;
  const isOpen = (key: string): boolean => (searched.includes(key) || counted.includes(key)) && !named.has(key);
  const keys = Object.keys(settingsOf(command)).filter((key) => !isOpen(key));
  return Object.fromEntries(keys.map((key) => [key, all[key as SettingKey]]));
}
