import assert from 'node:assert/strict';
import type { Dataset } from '../data/dataset.js';
import type { Device, Engine, FloatDtype } from '../model/native.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { LoraDocument, PhaseDocument, TrainDocument } from '../storage/run_document.js';
import type { PhaseResult } from '../training/phase.js';
import { meanEpochSeconds } from '../training/statistics.js';
import type { Judgement } from './auto/judge.js';
import type { TuningJudgement, TuningSearch } from './auto/tuning_plan.js';
import type { FullTrainingResult, LinearOutcome } from './full_training_result.js';
import type { PerParameter } from './layer_state.js';
import type { LoraResult } from './lora_fine_tuning.js';
import type { MergeResult } from './merge.js';

/** Version of the documents that `--json` prints and `run.json` keeps. It grows when a field changes its meaning. */
const schema = 1;
const firstWordCount = 12;

type DatasetDocument = Pick<TrainDocument, 'data' | 'read' | 'classes' | 'vocabulary'>;
type FrozenDocument = Omit<LoraDocument['frozen'], 'fc2'>;

/** A document of a run that is in no directory yet. */
export type Unsaved<Document extends { run: string; files?: unknown }> = Omit<Document, 'run' | 'files'> & {
  readonly run: null;
};

/** The facts of every run. */
export interface RunFacts {
  device: Device;
  engine: Engine;
  dtype: FloatDtype;
  dataset: Dataset;
  /** Time of the whole command so far. */
  totalSeconds: number;
}

/** The run that fine-tuning started from. */
export interface BaseFacts {
  path: string;
  seenValidation: boolean;
  /** What `model.json` says of its model alone; needed where the classes are others. */
  description?: ModelDescription | undefined;
}

export function trainDocument(
  facts: RunFacts,
  figures: Pick<FullTrainingResult, 'full' | 'folds' | 'refit' | 'calibration' | 'linear'>,
): Unsaved<TrainDocument> {
  const { full, folds, refit, calibration, linear } = figures;
  return {
    schema,
    command: 'train',
    ...factsDocument(facts),
    ...phaseDocument(full),
    ...(full.bestEpoch !== undefined && { bestEpoch: full.bestEpoch }),
    ...(folds && { folds }),
    ...(refit && { refit }),
    ...(calibration && { calibration }),
    ...(linear && linearDocument(linear)),
    // The only epoch of a linear model is its fit on all reviews.
    seconds: secondsDocument(facts, [full], { train: linear ? 0 : (refit?.seconds ?? 0) }),
  };
}

/** Documents how good a linear model is on reviews that it was not fitted on and, after a search, what was tried. */
function linearDocument({
  training,
}: LinearOutcome): Pick<
  TrainDocument,
  'crossValidation' | 'learningCurve' | 'chosen' | 'tried' | 'because' | 'endedBy'
> {
  const { search, judgement, options, plan, curve } = training;
  const { metric, repeats } = options;
  const { value, standardError } = judgement.measured;
  const crossValidation = { metric, value, standardError, folds: plan.folds.length / plan.repeats, repeats };
  const measured = { crossValidation, ...(curve && { learningCurve: curve }) };
  if (search === null) return measured;
  return {
    ...measured,
    chosen: judgementDocument(search.chosen),
    tried: search.tried.map(judgementDocument),
    because: search.because,
    endedBy: search.endedBy ?? 'plan',
  };
}

/** Documents what was tried and how well it did. */
export function judgementDocument({ candidate, folds, measured }: Judgement): NonNullable<TrainDocument['chosen']> {
  const { ngrams, characters, weighting, cost, cleanUp } = candidate;
  return {
    ngrams,
    characters,
    weighting,
    cost,
    cleanUp,
    folds,
    value: measured.value,
    standardError: measured.standardError,
  };
}

/** @param base the run that fine-tuning started from; null after a pretraining */
export function loraDocument(facts: RunFacts, figures: LoraResult, base: BaseFacts | null): Unsaved<LoraDocument> {
  const { pretrain, baseTest, lora, frozen, merged, checks, calibration, search } = figures;
  const phases = pretrain === null ? [lora] : [pretrain, lora];
  return {
    schema,
    command: 'lora',
    ...factsDocument(facts),
    ...(pretrain && { pretrain: phaseDocument(pretrain) }),
    ...(base && { base: { run: base.path, ...(baseTest && { test: baseTest }), seenValidation: base.seenValidation } }),
    lora: phaseDocument(lora),
    frozen: frozenDocument(frozen),
    ...(merged === null ? {} : { merged: mergedDocument(merged) }),
    checks,
    ...(calibration && { calibration }),
    ...(search && searchDocument(search)),
    seconds: secondsDocument(facts, phases, { evaluate: merged?.testSeconds ?? 0 }),
  };
}

function searchDocument({
  chosen,
  tried,
  because,
  endedBy,
}: TuningSearch): Pick<LoraDocument, 'chosen' | 'tried' | 'because' | 'endedBy'> {
  return {
    chosen: tuningDocument(chosen),
    tried: tried.map(tuningDocument),
    because,
    endedBy: endedBy ?? 'plan',
  };
}

/** Documents a way to fine-tune that was tried, and how well it did. */
export function tuningDocument({ candidate, folds, measured }: TuningJudgement): NonNullable<LoraDocument['chosen']> {
  const { value, standardError } = measured;
  return { ...candidate, folds, value, standardError };
}

function frozenDocument(frozen: LoraResult['frozen']): LoraDocument['frozen'] {
  const [fc1, fc2] = [frozen.get('fc1'), frozen.get('fc2')];
  assert(fc1, 'the hidden layer is always frozen');
  return { ...withLetters(fc1), ...(fc2 && { fc2: withLetters(fc2) }) };
}

function withLetters({ weight, bias, up: A, down: B, magnitude }: PerParameter<boolean>): FrozenDocument {
  return {
    weight,
    bias,
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
  device,
  engine,
  dtype,
  dataset,
}: RunFacts): DatasetDocument & Pick<Unsaved<TrainDocument>, 'run' | 'device' | 'engine' | 'dtype'> {
  return { run: null, device, engine, dtype, ...datasetDocument(dataset) };
}

/** Documents where the reviews come from, how many there are, and the vocabulary. */
export function datasetDocument(dataset: Dataset): DatasetDocument {
  const { source, splits, vocabulary, classes, testHeldOut, guess, badRows, read } = dataset;
  return {
    data: {
      source: source.location,
      kind: source.kind,
      sha256: source.sha256,
      textsSha256: dataset.textsSha256,
      train: splits.train.labels.length,
      valid: splits.valid.labels.length,
      test: splits.test.labels.length,
      testHeldOut,
      guess,
      badRows,
    },
    read,
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
): TrainDocument['seconds'] {
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
