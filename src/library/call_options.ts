import { anObject } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { Preset } from '../experiments/presets.js';
import { checkValues } from '../settings/option.js';
import type { SettingsCommand } from '../settings/setting.js';
import type { BuiltInTokenizer } from '../text/features.js';
import { nameOfOwn, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { settings, settingsOf, type ExperimentSettings, type SomeSettings } from '../settings/settings.js';

type Some = Partial<ExperimentSettings>;

/**
 * The settings that say which reviews are read, how, and which are held out, and so have no place where they have been read:
 * with another seed a model would be tested on reviews that it was trained on.
 */
const readingKeys = [
  ...(['data', 'train', 'valid', 'test', 'files', 'textColumn', 'labelColumn', 'groupColumn'] as const),
  ...(['header', 'labels', 'encoding', 'strict', 'seed', 'split'] as const),
] as const;
/** The settings of the command line alone, which trains once for each seed. */
const commandKeys = ['seeds'] as const;
/** The settings that only fine-tuning has, and those that only full training has. */
type FineTuningKey =
  | ('target' | 'rank' | 'alpha' | 'useRslora' | 'useDora' | 'init' | 'loraDropout' | 'loraEpochs')
  | ('pretraining' | 'lrUp' | 'lrDown');
type FullTrainingKey =
  ('epochs' | 'cost' | 'cleanUp' | 'dropout' | 'folds' | 'repeats' | 'decision' | 'learningCurve') | 'refit';

/** The settings of a call, by the names of the options of the command line in camel case. */
export type CallSettings<Keys extends keyof ExperimentSettings, Presets extends string> = {
  readonly [Key in Exclude<Keys, 'tokenizer'>]?: ExperimentSettings[Key] | undefined;
} & {
  /**
   * What is a token: `notebook`, `words-and-punctuation`, `unicode`, or a function of one's own, whose name the run keeps. It
   * runs on the thread of the program, and is not looked for in the cache; the command line has none.
   */
  readonly tokenizer?: BuiltInTokenizer | OwnTokenizer | undefined;
  /** The defaults of all other options. */
  readonly preset?: Presets | undefined;
};

/** What is read of the options of a call. */
export interface ReadCall {
  /** The settings that were given. */
  readonly given: Some;
  readonly preset: string | undefined;
  /** The tokenizer that was given as a function. */
  readonly ownTokenizer: OwnTokenizer | undefined;
  /** A sentence for each that is not as expected. */
  readonly problems: readonly string[];
}

type SharedKey = Exclude<keyof ExperimentSettings, (typeof readingKeys)[number] | (typeof commandKeys)[number]>;
/** The settings that `train` and `tune` take. */
export type TrainKey = Exclude<SharedKey, FineTuningKey>;
/** The settings that `lora` takes. */
export type LoraKey = Exclude<SharedKey, FullTrainingKey>;

const ofReading: ReadonlySet<string> = new Set(readingKeys);
const ofCommands: ReadonlySet<string> = new Set(commandKeys);

interface CallTable {
  readonly command: SettingsCommand;
  readonly presets: Readonly<Record<string, Preset>>;
  /** The names of options that are no settings. */
  readonly own: readonly string[];
  /** Whether reviews are read, or have been. */
  readonly reads: boolean;
}

/** Reads the options of a call. An unknown name is a problem, as a flag is one: it may be a slip. */
export function readCall(options: object, { command, presets, own, reads }: CallTable): ReadCall {
  anObject(options, 'options');
  const { preset, ...given } = options as Record<string, unknown>;
  const ownTokenizer = typeof given.tokenizer === 'function' ? (given.tokenizer as OwnTokenizer) : undefined;
  const others = ownTokenizer === undefined ? given : { ...given, tokenizer: nameOfOwn(ownTokenizer) };
  const table: SomeSettings = settingsOf(command);
  const known = Object.entries(others).filter(([key, value]) => value !== undefined && !own.includes(key));
  const isTaken = (key: string): boolean =>
    Object.hasOwn(table, key) && (reads || !ofReading.has(key)) && !ofCommands.has(key);
  const strangers = known.filter(([key]) => !isTaken(key)).map(([key]) => describeStranger(key));
  const names = Object.keys(presets);
  const isKnown = preset === undefined || names.some((name) => name === preset);
  const taken = Object.fromEntries(known.filter(([key]) => isTaken(key)));
  const { values, problems } = checkValues(table, taken, (key) => `the option ${key}`);
  return {
    given: values,
    ownTokenizer,
    preset: isKnown ? (preset as string | undefined) : undefined,
    problems: [
      ...(isKnown ? [] : [`Expected one of ${names.join(', ')} for the option preset but received ${show(preset)}.`]),
      ...problems,
      ...strangers,
    ],
  };
}

function describeStranger(key: string): string {
  if (ofCommands.has(key)) return `Expected no option ${key}: a call trains once; call it for each seed.`;
  if (ofReading.has(key)) return `Expected no option ${key} here: it says what loadDataset reads, which takes it.`;
  const isSetting = Object.hasOwn(settings, key);
  return isSetting
    ? `Expected no option ${key} here, which another call has.`
    : `Expected no option ${show(key)}: there is none of that name.`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}

/** Does `work`, whose messages may name the flags of the command line, and names options of the library instead. */
export async function withOptionNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImdbTorchError)) throw error;
    throw new ImdbTorchError(error.code, optionNames(error.message), { cause: error });
  }
}

const keys: ReadonlySet<string> = new Set([...Object.keys(settings), 'preset']);

function optionNames(message: string): string {
  return message.replace(/--(no-)?([a-z][a-z-]*)/g, (flag, no: string | undefined, name: string) => {
    const key = name.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    if (!keys.has(key)) return flag;
    return no === undefined ? key : `${key} false`;
  });
}
