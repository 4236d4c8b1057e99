import * as v from 'valibot';
import type { LossForm } from '../../binding.js';
import { candidate, metric, metricName, number, search, text, tuning, warnings } from './choice_document.js';
import { calibrationSchema, decisionSchema } from './model_description.js';

const counts = v.array(number);

const metrics = v.object({ loss: number, accuracy: number });

/** The metric that the run goes by, where it is not accuracy, stands beside these. */
const validMetrics = v.object({
  ...metrics.entries,
  'macro-f1': v.exactOptional(number),
  'log-loss': v.exactOptional(number),
  'roc-auc': v.exactOptional(number),
});

const epoch = v.object({
  epoch: number,
  // Time of the training alone.
  seconds: number,
  // Time of evaluating the training and the validation set.
  evaluateSeconds: number,
  train: metrics,
  valid: validMetrics,
});

const phase = v.object({
  parameters: v.object({ trainable: number, total: number }),
  before: v.object({ train: metrics }),
  firstSteps: v.array(number),
  epochs: v.array(epoch),
  // Mean time of an epoch's training, without evaluations.
  secondsPerEpoch: number,
  test: metrics,
});

const dataset = {
  data: v.object({
    source: text,
    kind: text,
    sha256: text,
    // Of texts and labels, wherever they lie and however they are packed, where that is another one.
    textsSha256: v.exactOptional(v.nullable(text)),
    train: number,
    valid: number,
    test: number,
    // Whether the test reviews were taken from the training reviews of the source.
    testHeldOut: v.boolean(),
    // The columns that were taken by their usual names.
    guess: v.nullable(v.object({ text, label: text })),
    badRows: v.object({
      count: number,
      total: number,
      first: v.pipe(v.array(v.object({ origin: text, reason: text })), v.readonly()),
    }),
  }),
  // What became of all that was there; absent from runs of versions that kept no account.
  read: v.exactOptional(
    v.object({
      rows: number,
      leftOut: v.pipe(v.array(v.object({ why: text, count: number, first: text })), v.readonly()),
      notLookedAt: v.pipe(v.array(text), v.readonly()),
      notLookedAtCount: number,
      notes: v.pipe(v.array(text), v.readonly()),
    }),
  ),
  // Names of the classes; a label is an index into them.
  classes: v.pipe(v.array(text), v.readonly()),
  vocabulary: v.object({ size: number, sha256: text, first: v.array(text) }),
};

const facts = {
  schema: v.literal(1),
  command: text,
  run: text,
  device: text,
  engine: text,
  dtype: text,
  ...dataset,
  seconds: v.object({ data: number, train: number, evaluate: number, total: number }),
};

const scores = v.object({ accuracy: number, logLoss: number, calibrationError: number });
const beforeAndAfter = v.object({ before: scores, after: scores });
const calibration = v.object({
  calibration: calibrationSchema,
  heldOut: beforeAndAfter,
  test: beforeAndAfter,
  // Why it is of another kind than the options ask for.
  because: v.exactOptional(text),
});

/** How classes are chosen from probabilities, where the most probable ones are not. */
const decision = v.exactOptional(decisionSchema);

const trainDocument = v.object({
  ...facts,
  ...phase.entries,
  // The epoch that counts, where early stopping chose it.
  bestEpoch: v.exactOptional(number),
  folds: v.exactOptional(
    v.pipe(v.array(v.object({ train: number, valid: number, epoch: number, metrics: validMetrics })), v.readonly()),
  ),
  refit: v.exactOptional(v.object({ epochs: number, reviews: number, seconds: number })),
  calibration: v.exactOptional(calibration),
  decision,
  metric,
  warnings,
  // How good a linear model is on reviews that it was not fitted on.
  crossValidation: v.exactOptional(
    v.object({ metric: text, value: number, standardError: number, folds: number, repeats: number }),
  ),
  // How good its models are when they are fitted on parts of the reviews, and what twice as many would probably bring.
  learningCurve: v.exactOptional(
    v.object({
      metric: metricName,
      points: v.pipe(v.array(v.object({ reviews: number, value: number, standardError: number })), v.readonly()),
      twice: v.nullable(v.number()),
    }),
  ),
  // What a search took and tried, best first.
  chosen: v.exactOptional(candidate),
  tried: v.exactOptional(v.pipe(v.array(candidate), v.readonly())),
  ...search,
});

/** `A` and `B` are a branch's `up` and `down` by the notebook's letters; `magnitude` is DoRA's. */
const parameters = v.object({
  weight: v.boolean(),
  bias: v.boolean(),
  A: v.exactOptional(v.boolean()),
  B: v.exactOptional(v.boolean()),
  magnitude: v.exactOptional(v.boolean()),
});

const merged = v.object({ test: metrics, maxAbsLogitDifference: number, predictionFlips: number });

const loraDocument = v.object({
  ...facts,
  pretrain: v.exactOptional(phase),
  // The run that fine-tuning started from, where it did not pretrain.
  base: v.exactOptional(
    v.object({
      run: text,
      // Absent where its classes are others.
      test: v.exactOptional(metrics),
      // Whether it was trained on the reviews that are held out here, which says little of new ones then.
      seenValidation: v.boolean(),
    }),
  ),
  lora: phase,
  // Which parameters fine-tuning left as they were: of the hidden layer, and of `fc2` where that has a branch.
  frozen: v.object({ ...parameters.entries, fc2: v.exactOptional(parameters) }),
  merged: v.exactOptional(merged),
  checks: v.array(v.object({ name: text, passed: v.boolean(), detail: v.exactOptional(text) })),
  // What a search took and tried, best first.
  chosen: v.exactOptional(tuning),
  tried: v.exactOptional(v.pipe(v.array(tuning), v.readonly())),
  ...search,
  calibration: v.exactOptional(calibration),
  decision,
  metric,
  warnings,
});

/** What the command `merge` records of the run that it made. */
const mergeFields = {
  base: v.object({
    run: text,
    sha256: v.optional(text),
    test: v.exactOptional(metrics),
    seenValidation: v.boolean(),
  }),
  adapter: text,
  validation: v.object({
    count: number,
    maxAbsLogitDifference: number,
    maxAbsLogit: number,
    predictionFlips: number,
  }),
};

const score = v.nullable(v.number());
const classScores = { precision: score, recall: score, f1: score };
const change = v.object({ rank: number, scale: number, norm: number, weightNorm: number });

/** What the finished model is like; see `ModelAnalysis`. */
const analysis = {
  evaluation: v.nullable(
    v.object({
      classes: v.array(v.object({ name: text, ...classScores, support: number })),
      macro: v.object(classScores),
      // Null where there are too many classes.
      confusion: v.nullable(v.array(counts)),
      mostConfused: v.optional(v.array(v.object({ label: text, predicted: text, count: number }))),
      rocAuc: v.nullable(v.number()),
      calibration: v.object({
        bins: number,
        error: number,
        reliability: v.array(v.object({ count: number, confidence: number, accuracy: number })),
      }),
    }),
  ),
  topWords: v.nullable(v.array(v.object({ class: text, words: v.array(v.object({ word: text, effect: number })) }))),
  weightChange: v.nullable(
    v.object({
      ...change.entries,
      units: v.array(number),
      words: v.array(v.object({ word: text, norm: number, weightNorm: number })),
    }),
  ),
  outputChange: v.nullable(change),
};

/** What run.json has and `--json` has not. */
const record = {
  argv: v.array(text),
  // The options, by the names that run.json has for them; here are those that are looked at below the command line.
  options: v.looseObject({
    seed: v.optional(number),
    data: v.optional(text),
    loss: v.optional(text),
    pretraining: v.optional(text),
    features: v.optional(v.looseObject({ normalize: v.optional(v.union([v.boolean(), v.literal('length')])) })),
  }),
  // The absolute paths of what the options, `base` and `adapter` name, which have what was typed.
  paths: v.record(text, v.union([text, v.array(text)])),
  seed: number,
  versions: v.object({ 'imdb-torch': text, node: text, libtorch: text }),
  files: v.array(v.object({ name: text, bytes: number, sha256: text })),
};

export const runDocumentSchema = v.object({
  ...v.partial(
    v.object({
      ...trainDocument.entries,
      ...loraDocument.entries,
      ...mergeFields,
      ...analysis,
      ...record,
      chosen: v.union([candidate, tuning]),
      tried: v.pipe(v.array(v.union([candidate, tuning])), v.readonly()),
    }),
  ).entries,
  schema: v.literal(1),
});

/**
 * The document of `run.json`. Each command writes the fields that it has something for; a field that is there is
 * whole. Files may have more fields.
 */
export type RunDocument = v.InferOutput<typeof runDocumentSchema>;

/** The document of `train --json`. With folds the epochs are those of the first one, the test is of the final model. */
export type TrainDocument = v.InferOutput<typeof trainDocument>;

/** The document of `lora --json`. */
export type LoraDocument = v.InferOutput<typeof loraDocument>;

/**
 * Whether a run's model, or what it was made of, was trained on all training reviews, those held out to validate on
 * included.
 */
export function hasSeenAll({ refit, base }: RunDocument): boolean {
  return refit !== undefined || base?.seenValidation === true;
}

/** The form of the loss of a run's training; an older `run.json` does not say it. */
export function lossOf({ options }: RunDocument): LossForm {
  return options?.loss === 'softmax' ? 'softmax' : 'logits';
}

export type PhaseDocument = v.InferOutput<typeof phase>;

/** A line of `metrics.jsonl`. */
export const metricsLineSchema = v.object({
  phase: text,
  /** Absent from the line of the test. */
  epoch: v.optional(number),
  seconds: v.optional(number),
  train: v.optional(metrics),
  valid: v.optional(validMetrics),
});

export type MetricsLine = v.InferOutput<typeof metricsLineSchema>;
