import assert from 'node:assert/strict';
import type { Device, Engine, FloatDtype } from '../../../binding.js';
import type { BadRows, Columns } from '../../data/collected_reviews.js';
import type { Dataset } from '../../data/dataset.js';
import type { CalibrationResult } from '../../experiments/calibration_result.js';
import type { Check } from '../../experiments/check.js';
import type { FoldResult } from '../../experiments/cross_validation.js';
import type { FullTrainingResult } from '../../experiments/full_training.js';
import type { PerParameter } from '../../experiments/layer_state.js';
import type { LoraResult } from '../../experiments/lora_fine_tuning.js';
import type { MergeResult } from '../../experiments/merge.js';
import type { ParameterCounts } from '../../model/parameters.js';
import type { EpochResult } from '../../training/loop.js';
import type { Metrics } from '../../training/metrics.js';
import type { PhaseResult, RefitResult } from '../../training/phase.js';
import { meanEpochSeconds } from '../../training/statistics.js';

/** Of the documents that `--json` prints and `run.json` keeps. Grows when a field changes its meaning. */
const schema = 1;
const firstWordCount = 12;

/** What every run has. */
export interface RunFacts {
  /** The run directory. */
  run: string;
  device: Device;
  engine: Engine;
  dtype: FloatDtype;
  dataset: Dataset;
  /** Of the whole command so far. */
  totalSeconds: number;
}

export interface DatasetDocument {
  data: {
    source: string;
    kind: string;
    sha256: string;
    train: number;
    valid: number;
    test: number;
    /** Whether the test reviews were taken from the training reviews of the source. */
    testHeldOut: boolean;
    /** The columns that were taken by their usual names. */
    guess: Columns | null;
    badRows: BadRows;
  };
  /** Names of the classes; a label is an index into them. */
  classes: readonly string[];
  vocabulary: { size: number; sha256: string; first: string[] };
}

export interface PhaseDocument {
  parameters: ParameterCounts;
  before: { train: Metrics };
  firstSteps: number[];
  epochs: EpochResult[];
  /** Mean time of an epoch's training, without evaluations. */
  secondsPerEpoch: number;
  test: Metrics;
}

/** What every experiment says of itself. */
export interface ExperimentDocument extends DatasetDocument {
  schema: number;
  command: string;
  run: string;
  device: Device;
  engine: Engine;
  dtype: FloatDtype;
}

interface FactsDocument extends ExperimentDocument {
  seconds: { data: number; train: number; evaluate: number; total: number };
}

/** What `train --json` prints. With folds its epochs are those of the first one; the test is that of the final model. */
export interface TrainDocument extends FactsDocument, PhaseDocument {
  /** The epoch that counts, where early stopping chose it. */
  bestEpoch?: number;
  folds?: readonly FoldResult[];
  refit?: RefitResult;
  calibration?: CalibrationResult;
}

/** What `lora --json` prints. */
export interface LoraDocument extends FactsDocument {
  pretrain?: PhaseDocument;
  /** The run that fine-tuning started from, where it did not pretrain. */
  base?: {
    run: string;
    test: Metrics;
    /** Whether it was trained on the reviews that are held out here, which says little of new ones then. */
    seenValidation: boolean;
  };
  lora: PhaseDocument;
  /** Which parameters fine-tuning left as they were: of the hidden layer, and of `fc2` where that has a branch. */
  frozen: FrozenDocument & { fc2?: FrozenDocument };
  merged?: { test: Metrics; maxAbsLogitDifference: number; predictionFlips: number };
  checks: Check[];
  calibration?: CalibrationResult;
}

/** `A` and `B` are a branch's `up` and `down` by the notebook's letters; `magnitude` is DoRA's. */
type FrozenDocument = Readonly<
  Record<'weight' | 'bias', boolean> & Partial<Record<'A' | 'B' | 'magnitude', boolean>>
>;

/** The run that fine-tuning started from. */
export interface BaseFacts {
  path: string;
  seenValidation: boolean;
}

export function trainDocument(
  facts: RunFacts,
  figures: Pick<FullTrainingResult, 'full' | 'folds' | 'refit' | 'calibration'>,
): TrainDocument {
  const { full, folds, refit, calibration } = figures;
  return {
    schema,
    command: 'train',
    ...factsDocument(facts),
    ...phaseDocument(full),
    ...(full.bestEpoch !== undefined && { bestEpoch: full.bestEpoch }),
    ...(folds && { folds }),
    ...(refit && { refit }),
    ...(calibration && { calibration }),
    seconds: secondsDocument(facts, [full], { train: refit?.seconds ?? 0 }),
  };
}

/** @param base the run that fine-tuning started from; null after a pretraining */
export function loraDocument(facts: RunFacts, figures: LoraResult, base: BaseFacts | null): LoraDocument {
  const { pretrain, baseTest, lora, frozen, merged, checks, calibration } = figures;
  const phases = pretrain === null ? [lora] : [pretrain, lora];
  return {
    schema,
    command: 'lora',
    ...factsDocument(facts),
    ...(pretrain && { pretrain: phaseDocument(pretrain) }),
    ...(base && { base: { run: base.path, test: baseTest, seenValidation: base.seenValidation } }),
    lora: phaseDocument(lora),
    frozen: frozenDocument(frozen),
    ...(merged === null ? {} : { merged: mergedDocument(merged) }),
    checks,
    ...(calibration && { calibration }),
    seconds: secondsDocument(facts, phases, { evaluate: merged?.testSeconds ?? 0 }),
  };
}

function frozenDocument(frozen: LoraResult['frozen']): LoraDocument['frozen'] {
  const [fc1, fc2] = [frozen.get('fc1'), frozen.get('fc2')];
  assert(fc1, 'the hidden layer is always frozen');
  return { ...lettersOf(fc1), ...(fc2 && { fc2: lettersOf(fc2) }) };
}

function lettersOf({ weight, bias, up: A, down: B, magnitude }: PerParameter<boolean>): FrozenDocument {
  return {
    ...{ weight, bias },
    ...(A !== undefined && { A }),
    ...(B !== undefined && { B }),
    ...(magnitude !== undefined && { magnitude }),
  };
}

function mergedDocument(merged: MergeResult): NonNullable<LoraDocument['merged']> {
  const { test, maxAbsLogitDifference, predictionFlips } = merged;
  return { test, maxAbsLogitDifference, predictionFlips };
}

function factsDocument({
  run,
  device,
  engine,
  dtype,
  dataset,
}: RunFacts): Omit<FactsDocument, 'schema' | 'command' | 'seconds'> {
  return { run, device, engine, dtype, ...datasetDocument(dataset) };
}

/** Where the reviews come from, how many there are, and the words. */
export function datasetDocument(dataset: Dataset): DatasetDocument {
  const { source, splits, vocabulary, classes, testHeldOut, guess, badRows } = dataset;
  return {
    data: {
      source: source.location,
      kind: source.kind,
      sha256: source.sha256,
      train: splits.train.labels.length,
      valid: splits.valid.labels.length,
      test: splits.test.labels.length,
      testHeldOut,
      guess,
      badRows,
    },
    classes,
    vocabulary: {
      size: vocabulary.size,
      sha256: vocabulary.sha256,
      first: vocabulary.first(firstWordCount),
    },
  };
}

function phaseDocument({ parameters, before, firstSteps, epochs, test }: PhaseResult): PhaseDocument {
  return { parameters, before, firstSteps, epochs, secondsPerEpoch: meanEpochSeconds(epochs), test };
}

function secondsDocument(
  { dataset, totalSeconds }: RunFacts,
  phases: readonly PhaseResult[],
  { train = 0, evaluate = 0 },
): FactsDocument['seconds'] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const epochs = phases.flatMap((phase) => phase.epochs);
  return {
    data: dataset.seconds,
    train: sum(epochs.map(({ seconds }) => seconds)) + train,
    evaluate:
      sum(epochs.map(({ evaluateSeconds }) => evaluateSeconds)) +
      sum(phases.map(({ beforeSeconds, testSeconds }) => beforeSeconds + testSeconds)) +
      evaluate,
    total: totalSeconds,
  };
}
