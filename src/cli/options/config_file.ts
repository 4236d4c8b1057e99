import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { featureChoices, featureNumbers } from './feature_options.js';
import { choiceRules, numberRules, splitRule, type ChoiceRule, type NumberRule } from './option_rules.js';
import { fromRecorded } from './recorded_names.js';
import { listRules, type ListRule } from './list_rules.js';
import type { Defaults, RunOptions } from './options.js';
import { Terminal } from '../terminal.js';

/** A command whose options a file can hold. */
export type ConfigurableCommand = 'train' | 'lora';

const numbers = numberRules;
const choices = choiceRules;

/** What both commands take, by the names of `RunOptions`. */
const shared = {
  data: z.string(),
  train: z.string(),
  validFile: z.string(),
  test: z.string(),
  textColumn: z.string(),
  labelColumn: z.string(),
  labels: z.array(z.string()).min(2),
  strict: z.boolean(),
  split: choice(splitRule),
  valid: number(numbers.valid).nullable(),
  seed: number(numbers.seed),
  vocab: number(numbers.vocab).nullable(),
  features: z
    .strictObject({
      tokenizer: choice(featureChoices.tokenizer),
      ngrams: number(featureNumbers.ngrams),
      minimumCount: number(featureNumbers.minCount),
      counts: choice(featureChoices.counts),
      weighting: choice(featureChoices.weighting),
      normalize: z.boolean(),
      gain: number(featureNumbers.gain),
    })
    .partial(),
  hidden: number(numbers.hidden),
  loss: choice(choices.loss),
  optimizer: choice(choices.optimizer),
  lr: number(numbers.lr),
  momentum: number(numbers.momentum),
  nesterov: z.boolean(),
  weightDecay: number(numbers.weightDecay),
  betas: list(listRules.betas).nullable(),
  eps: number(numbers.eps).nullable(),
  schedule: choice(choices.schedule),
  warmup: number(numbers.warmup),
  clip: number(numbers.clip).nullable(),
  batch: number(numbers.batch),
  patience: number(numbers.patience).nullable(),
  calibration: choice(choices.calibration),
  seeds: number(numbers.seeds),
  engine: choice(choices.engine),
  dtype: choice(choices.dtype),
  device: choice(choices.device),
  threads: number(numbers.threads).nullable(),
};

const schemas = {
  train: z
    .strictObject({
      ...shared,
      epochs: number(numbers.epochs),
      dropout: number(numbers.dropout),
      folds: number(numbers.folds).nullable(),
      refit: z.boolean(),
    })
    .partial(),
  lora: z
    .strictObject({
      ...shared,
      target: list(listRules.target),
      rank: number(numbers.rank),
      alpha: number(numbers.alpha),
      useRslora: z.boolean(),
      useDora: z.boolean(),
      init: choice(choices.init),
      loraDropout: number(numbers.loraDropout),
      loraEpochs: number(numbers.loraEpochs),
      pretraining: choice(choices.pretraining),
      lrUp: number(numbers.lrUp).nullable(),
      lrDown: number(numbers.lrDown).nullable(),
    })
    .partial(),
} satisfies Record<ConfigurableCommand, z.ZodType>;

function number({ integer, least, above, most, below }: NumberRule): z.ZodNumber {
  let schema = integer ? z.int() : z.number();
  if (least !== undefined) schema = schema.min(least);
  if (above !== undefined) schema = schema.gt(above);
  if (most !== undefined) schema = schema.max(most);
  if (below !== undefined) schema = schema.lt(below);
  return schema;
}

function choice({ choices, pattern }: ChoiceRule): z.ZodType<string> {
  return pattern === undefined ? z.enum(choices) : z.string().regex(pattern);
}

function list<T>({ expected, read }: ListRule<T>): z.ZodType<T> {
  return z.array(z.unknown()).transform((elements, context) => {
    const value = read(elements);
    if (value !== undefined) return value;
    context.addIssue(`Expected ${expected} but received ${JSON.stringify(elements)}`);
    return z.NEVER;
  });
}

/** Options of a file, by the names of `RunOptions`. */
export type Config = Partial<Omit<Defaults, 'features'>> & { features?: Partial<Defaults['features']> };

/**
 * Reads a file of options, as `printConfig` writes it; any of them may be missing.
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readConfig(path: string, command: ConfigurableCommand): Config {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a JSON file of options for --config: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const result = schemas[command].safeParse(byKeys(document));
  if (result.success) return result.data as Config;
  const problems = result.error.issues.map(({ path: keys, message }) => {
    const where = keys.length === 0 ? path : `${path}, ${keys.join('.')}`;
    return `${where}: ${message}.`;
  });
  throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}

function byKeys(document: unknown): unknown {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
    ? fromRecorded(document)
    : document;
}

/** Prints the options as a file for --config. */
export function printConfig(options: RunOptions, command: ConfigurableCommand): void {
  const names = Object.keys(schemas[command].shape) as (keyof RunOptions)[];
  const config = Object.fromEntries(names.map((name) => [name, options[name]]));
  new Terminal({ json: true, quiet: true }).document(config);
}
