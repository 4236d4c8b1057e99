import { performance } from 'node:perf_hooks';
import type { ClassifierModel } from '../model/classifier.js';
import { Sgd, type Generator, type LossForm } from '../model/native.js';
import { countParameters, trainableParameters, type ParameterCounts } from '../model/parameters.js';
import { DataLoader } from './data_loader.js';
import { train, type EpochResult, type Progress, type TrainingResult } from './loop.js';
import { evaluate, type Metrics } from './metrics.js';
import type { SplitBags } from './split_bags.js';

/** The trainings, and the models that are only tested. */
export type Phase = 'full' | 'pretrain' | 'lora';
export type Tested = Phase | 'base' | 'merged';

/** One training with the test after it. */
export interface PhaseResult extends TrainingResult {
  parameters: ParameterCounts;
  test: Metrics;
  /** Of evaluating the test set. */
  testSeconds: number;
}

export interface PhaseEvents {
  onPhase?(phase: Phase, parameters: ParameterCounts): void;
  onBefore?(phase: Phase, train: Metrics): void | Promise<void>;
  onProgress?(phase: Phase, progress: Progress): void;
  onEpoch?(phase: Phase, result: EpochResult): void | Promise<void>;
  onTest?(tested: Tested, test: Metrics): void | Promise<void>;
}

export interface PhaseOptions {
  batchSize: number;
  learningRate: number;
  loss: LossForm;
}

/** What the phases of one experiment share. */
export interface PhaseContext {
  model: ClassifierModel;
  bags: SplitBags;
  generator: Generator;
  options: PhaseOptions;
  signal?: AbortSignal | undefined;
  events?: PhaseEvents | undefined;
}

const titles: Readonly<Record<Phase, string>> = {
  full: 'full training',
  pretrain: 'pretraining',
  lora: 'LoRA fine-tuning',
};

/** Trains what is trainable with a new optimizer, then tests. @throws what `train` throws */
export async function runPhase(context: PhaseContext, phase: Phase, epochs: number): Promise<PhaseResult> {
  const { model, bags, generator, options, signal, events } = context;
  const parameters = countParameters(model);
  events?.onPhase?.(phase, parameters);
  const optimizer = new Sgd(trainableParameters(model), { lr: options.learningRate });
  try {
    const result = await train({
      classifier: model.classifier,
      optimizer,
      train: new DataLoader({ bags: bags.train, shuffle: true, generator }),
      valid: new DataLoader({ bags: bags.valid, shuffle: false, generator }),
      batchSize: options.batchSize,
      epochs,
      loss: options.loss,
      name: titles[phase],
      signal,
      events: {
        onBefore: (metrics) => events?.onBefore?.(phase, metrics),
        onProgress: (progress) => events?.onProgress?.(phase, progress),
        onEpoch: (epoch) => events?.onEpoch?.(phase, epoch),
      },
    });
    return { ...result, parameters, ...(await runTest(context, phase)) };
  } finally {
    optimizer.dispose();
  }
}

/** Evaluates the test set, with the draws of a pass over it. */
export async function runTest(
  { model, bags, generator, options, signal, events }: PhaseContext,
  tested: Tested,
): Promise<{ test: Metrics; testSeconds: number }> {
  new DataLoader({ bags: bags.test, shuffle: false, generator }).skipPass();
  const begun = performance.now();
  const test = await evaluate(model.classifier, bags.test, { loss: options.loss, signal });
  const testSeconds = (performance.now() - begun) / 1000;
  await events?.onTest?.(tested, test);
  return { test, testSeconds };
}
