import { chooseEngine, createClassifier, type ClassifierModel } from '../model/classifier.js';
import { Generator, type Device } from '../model/native.js';
import { readModule, type Module } from '../model/parameters.js';
import type { ExperimentOptions } from './options.js';
import { runPhase, type PhaseEvents, type PhaseResult } from '../training/phase.js';
import type { SplitBags } from '../training/split_bags.js';

/** What an experiment is given. */
export interface ExperimentInput {
  bags: SplitBags;
  /** Number of classes of the labels. */
  classes: number;
  device: Device;
  options: ExperimentOptions;
  signal?: AbortSignal | undefined;
  events?: PhaseEvents | undefined;
}

export interface FullTrainingResult {
  full: PhaseResult;
  /** The trained model, as `model.safetensors` holds it. */
  module: Module;
}

/** The notebook's first experiment: trains every parameter but the LoRA branch, then tests. */
export async function runFullTraining(input: ExperimentInput): Promise<FullTrainingResult> {
  const generator = new Generator(input.options.seed);
  const model = createExperimentModel(input, generator);
  try {
    const full = await runPhase({ ...input, model, generator }, 'full', input.options.epochs);
    return { full, module: readModule(model) };
  } finally {
    model.dispose();
    generator.dispose();
  }
}

/** The model of both experiments, drawn from `generator`. */
export function createExperimentModel(
  { bags, classes, device, options }: ExperimentInput,
  generator: Generator,
): ClassifierModel {
  const { hidden, rank, alpha, useRslora, dtype, engine } = options;
  const { vocabularySize } = bags.train;
  return createClassifier({
    vocabularySize,
    hidden,
    classes,
    rank,
    alpha,
    useRslora,
    dtype,
    device,
    engine: chooseEngine(engine, device, options),
    generator,
  });
}
