import { performance } from 'node:perf_hooks';
import type { ClassifierModel } from '../model/classifier_model.js';
import type { Generator, LossForm } from '../model/native.js';
import { countParameters, trainableGroups, trainableParameters, type ParameterCounts } from '../model/parameters.js';
import { DataLoader } from './data_loader.js';
import { trainModel, type EpochResult, type TrainingResult, type ValidationMetric } from './loop.js';
import { evaluateModel } from './metrics.js';
import type { Metrics } from './evaluation.js';
import { createOptimizer } from './optimizer.js';
import type { OptimizerOptions } from './optimizer_options.js';
import { trainEpochs, type Progress } from './pass.js';
import type { StepOptions } from './step_options.js';
import type { SplitBags } from './split_bags.js';

/** The trainings, and the models that are only tested. */
export type Phase = 'full' | 'fold' | 'refit' | 'pretrain' | 'lora';
export type Tested = Exclude<Phase, 'fold'> | 'base' | 'merged';

/** One training, before its model is tested. */
export interface TrainedPhase extends TrainingResult {
  parameters: ParameterCounts;
}

/** One training with the test after it. */
export interface PhaseResult extends TrainedPhase {
  test: Metrics;
  /** Time of evaluating the test set. */
  testSeconds: number;
}

/** A training on all reviews, with none held out to validate on. */
export interface RefitResult {
  epochs: number;
  /** Reviews that it was trained on. */
  reviews: number;
  seconds: number;
}

export interface PhaseEvents {
  onPhase?(phase: Phase, parameters: ParameterCounts): void;
  onBefore?(phase: Phase, train: Metrics): void | Promise<void>;
  onProgress?(phase: Phase, progress: Progress): void;
  onEpoch?(phase: Phase, result: EpochResult): void | Promise<void>;
  onTest?(tested: Tested, test: Metrics): void | Promise<void>;
}

export interface PhaseOptions extends OptimizerOptions, StepOptions {
  batch: number;
  loss: LossForm;
  /** Of A and of B, the parameters of the LoRA branch; null: that of all. */
  lrUp: number | null;
  lrDown: number | null;
  /** Stops after so many epochs without a better metric of the validation set and restores the best; null: never. */
  patience: number | null;
}

/** The model, reviews and options that the phases of one experiment share. */
export interface PhaseContext {
  model: ClassifierModel;
  bags: Pick<SplitBags, 'train' | 'valid' | 'test'>;
  generator: Generator;
  options: PhaseOptions;
  /** The factors of the classes in the loss of the reviews that are trained on. */
  classWeights?: Float64Array | undefined;
  /** The metric of the validation set that early stopping goes by; by default the accuracy. */
  metric?: ValidationMetric | undefined;
  signal?: AbortSignal | undefined;
  events?: PhaseEvents | undefined;
}

const titles: Readonly<Record<Phase, string>> = {
  full: 'full training',
  fold: "fold's training",
  refit: 'refit',
  pretrain: 'pretraining',
  lora: 'LoRA fine-tuning',
};

/** Trains what is trainable with a new optimizer, then tests. @throws what `train` throws */
export async function runPhase(
  context: PhaseContext,
  phase: 'full' | 'pretrain' | 'lora',
  epochs: number,
): Promise<PhaseResult> {
  const trained = await runTraining(context, phase, epochs);
  return { ...trained, ...(await runTest(context, phase)) };
}

/** Does what `runPhase` does, without the test. */
export async function runTraining(
  context: Omit<PhaseContext, 'bags'> & { bags: Pick<SplitBags, 'train' | 'valid'> },
  phase: Phase,
  epochs: number,
): Promise<TrainedPhase> {
  const { model, bags, generator, options, classWeights, metric, signal, events } = context;
  const parameters = countParameters(model);
  events?.onPhase?.(phase, parameters);
  const { batch, loss, patience } = options;
  const optimizer = createOptimizer(options, trainableGroups(model, options));
  try {
    const result = await trainModel({
      classifier: model.classifier,
      optimizer,
      batch,
      epochs,
      loss,
      classWeights,
      generator,
      signal,
      train: new DataLoader({ bags: bags.train, shuffle: true, generator }),
      valid: new DataLoader({ bags: bags.valid, shuffle: false, generator }),
      metric,
      steps: options,
      branchDropout: dropsInBranches(model),
      earlyStopping: patience === null ? undefined : { patience, parameters: trainableParameters(model) },
      name: titles[phase],
      events: {
        onBefore: (metrics) => events?.onBefore?.(phase, metrics),
        onProgress: (progress) => events?.onProgress?.(phase, progress),
        onEpoch: (epoch) => events?.onEpoch?.(phase, epoch),
      },
    });
    return { ...result, parameters };
  } finally {
    optimizer.dispose();
  }
}

function dropsInBranches({ branches }: ClassifierModel): boolean {
  return [...branches.values()].some(({ loraEnabled, dropout }) => loraEnabled && dropout > 0);
}

/**
 * Trains a new model on all reviews at hand, as the schedule over `epochs` has it, evaluating nothing on the way.
 * @param until the last epoch, where early stopping chose one before `epochs`
 */
export async function runRefit(
  context: Omit<PhaseContext, 'bags'> & { bags: Pick<SplitBags, 'train'> },
  epochs: number,
  until: number,
): Promise<RefitResult> {
  const { model, bags, generator, options, classWeights, signal, events } = context;
  events?.onPhase?.('refit', countParameters(model));
  const begun = performance.now();
  const { batch, loss } = options;
  const optimizer = createOptimizer(options, trainableGroups(model, options));
  try {
    await trainEpochs(
      {
        classifier: model.classifier,
        optimizer,
        batch,
        epochs,
        loss,
        classWeights,
        generator,
        signal,
        train: new DataLoader({ bags: bags.train, shuffle: true, generator }),
        steps: options,
        name: titles.refit,
        onProgress: (progress) => events?.onProgress?.('refit', progress),
      },
      until,
    );
    return { epochs: until, reviews: bags.train.length, seconds: (performance.now() - begun) / 1000 };
  } finally {
    optimizer.dispose();
  }
}

/** Evaluates the test set, with the draws of a pass over it. */
export async function runTest(
  { model, bags, generator, options, signal, events }: Omit<PhaseContext, 'bags'> & { bags: Pick<SplitBags, 'test'> },
  tested: Tested,
): Promise<{ test: Metrics; testSeconds: number }> {
  new DataLoader({ bags: bags.test, shuffle: false, generator }).skipPass();
  const begun = performance.now();
  const test = await evaluateModel(model.classifier, bags.test, { loss: options.loss, signal });
  const testSeconds = (performance.now() - begun) / 1000;
  await events?.onTest?.(tested, test);
  return { test, testSeconds };
}
