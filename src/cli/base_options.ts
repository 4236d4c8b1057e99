import type { StoredRun } from '../storage/read_run.js';
import { throwProblems, type RawOptions } from './options.js';

/** The options that the data and the model of a run depend on, and that fine-tuning takes over from it. */
const inherited = {
  data: 'data',
  seed: 'seed',
  vocab: 'vocabularySize',
  valid: 'validationSize',
  batch: 'batchSize',
  lr: 'learningRate',
  loss: 'loss',
} as const satisfies Partial<Record<keyof RawOptions, string>>;

/**
 * The given options, with those of the run at `path` where none is given.
 * @throws ImdbTorchError ERR_USAGE when one contradicts the shape or the dtype of the run's model
 */
export function readBaseOptions(raw: RawOptions, path: string, { run, tensors }: StoredRun): RawOptions {
  const stored = (run.options ?? {}) as Readonly<Record<string, unknown>>;
  const defaults: RawOptions = {};
  for (const [name, key] of Object.entries(inherited) as [keyof typeof inherited, string][]) {
    const value = stored[key];
    if (typeof value === 'string' || typeof value === 'number') defaults[name] = String(value);
  }
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
