import type { StoredRun } from '../../storage/read_run.js';
import type { Config } from './config_file.js';
import { allFeatures, writeFeatureOptions } from './feature_options.js';
import { fromRecorded } from './recorded_names.js';
import { throwProblems } from './option_rules.js';
import type { RawOptions } from './options.js';

/** The options that the data of a run depend on, and that fine-tuning takes over from it. */
const inherited = {
  seed: 'seed',
  vocab: 'vocab',
  valid: 'valid',
  split: 'split',
} as const satisfies Partial<Record<keyof RawOptions, string>>;

/** How it was trained: taken over unless a preset says how to fine-tune. */
const inheritedTraining = {
  batch: 'batch',
  lr: 'lr',
  loss: 'loss',
  schedule: 'schedule',
  warmup: 'warmup',
  clip: 'clip',
} as const satisfies Partial<Record<keyof RawOptions, string>>;

/** The optimizer and what belongs to it: taken over unless another is given. */
const inheritedOptimizer = {
  optimizer: 'optimizer',
  momentum: 'momentum',
  weightDecay: 'weightDecay',
  betas: 'betas',
  eps: 'eps',
} as const satisfies Partial<Record<keyof RawOptions, string>>;

/** Which reviews a run took: taken over unless others are given. */
const inheritedData = {
  data: 'data',
  train: 'train',
  test: 'test',
  textColumn: 'textColumn',
  labelColumn: 'labelColumn',
  labels: 'labels',
} as const satisfies Partial<Record<keyof RawOptions, string>>;

/**
 * The given options, with those of the run at `path` where none is given.
 * @param config what a configuration file gives
 * @throws ImdbTorchError ERR_USAGE when one contradicts the shape or the dtype of the run's model
 */
export function readBaseOptions(
  raw: RawOptions,
  path: string,
  { run, tensors, description }: StoredRun,
  config: Config = {},
): RawOptions {
  const otherData = [raw.data, raw.train, config.data, config.train].some((given) => given !== undefined);
  const keepsOptimizer = [raw.preset, raw.optimizer, config.optimizer].every((given) => given === undefined);
  const { features } = description;
  const defaults: RawOptions = {
    ...pick(run, inherited, config),
    ...(raw.preset === undefined && pick(run, inheritedTraining, config)),
    ...(keepsOptimizer && pick(run, inheritedOptimizer, config)),
    ...writeFeatureOptions(features),
    ...(features.vocabularySize === null && { vocab: allFeatures }),
    ...(otherData ? {} : storedDataOptions(run)),
  };
  const weight = tensors.get('fc1.weight');
  const fixed = { hidden: String(weight?.shape[0]), dtype: String(weight?.dtype) };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(fixed) as [keyof typeof fixed, string][]) {
    const given = raw[name];
    if (given !== undefined && given !== value) {
      problems.push(`Expected --${name} ${value}, as the model of ${path} has, but received ${given}.`);
    }
  }
  throwProblems(problems);
  return { ...defaults, ...raw, ...fixed };
}

/** Whether a run's model, or what it was made of, was trained on all training reviews. @param run its `run.json` */
export function hasSeenAll({ refit, base }: StoredRun['run']): boolean {
  const { seenValidation } = (base ?? {}) as { seenValidation?: boolean };
  return refit !== undefined || seenValidation === true;
}

/** The options that take the reviews that a run took. @param run the document of its `run.json` */
export function storedDataOptions(run: StoredRun['run']): RawOptions {
  const { validFile: valid } = pick(run, { validFile: 'validFile' } as const);
  return { ...pick(run, inheritedData), ...(valid === undefined ? {} : { valid }) };
}

/**
 * Options of a run as they would be given; those that it has under the names that are the values of `names`, and that
 * `config` has not.
 */
function pick<Name extends string>(
  { options }: StoredRun['run'],
  names: Readonly<Record<Name, string>>,
  config: object = {},
): Partial<Record<Name, string>> {
  const stored = fromRecorded(options ?? {});
  const picked: Partial<Record<Name, string>> = {};
  for (const [name, key] of Object.entries(names) as [Name, string][]) {
    const value = stored[key];
    if (key in config) continue;
    if (typeof value === 'string' || typeof value === 'number' || Array.isArray(value))
      picked[name] = String(value);
  }
  return picked;
}
