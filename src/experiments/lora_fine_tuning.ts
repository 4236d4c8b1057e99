import type { ClassifierModel } from '../model/classifier.js';
import { Generator } from '../model/native.js';
import { loadModule, readTensor, type Module } from '../model/parameters.js';
import type { Check } from '../report/checks.js';
import type { StoredTensor } from '../storage/stored_tensor.js';
import type { Metrics } from '../training/metrics.js';
import { createExperimentModel, type ExperimentInput } from './full_training.js';
import { checkLayerOutputs } from './layer_outputs.js';
import {
  excerptOf,
  moduleOf,
  readLayer,
  sameBits,
  type LayerExcerpt,
  type LayerState,
} from './layer_state.js';
import { fineTuningChecks, mergeChecks } from './lora_checks.js';
import { mergeAndTest, type MergeResult } from './merge.js';
import { runPhase, runTest, type PhaseContext, type PhaseResult } from '../training/phase.js';

export interface LoraInput extends ExperimentInput {
  /** Fine-tune this model; without one, pretrain a new one for an epoch first. */
  base?: ReadonlyMap<string, StoredTensor> | undefined;
  /** Whether to merge the branch into W at the end. */
  merge: boolean;
}

/** The parameters that fine-tuning trains. */
export interface AdapterTensors {
  A: StoredTensor;
  B: StoredTensor;
  outputWeight: StoredTensor;
  outputBias: StoredTensor;
}

export interface LoraResult {
  /** Null when fine-tuning started from a given model. */
  pretrain: PhaseResult | null;
  /** Of the model that was fine-tuned, before that. */
  baseTest: Metrics;
  lora: PhaseResult;
  /** Which parameters of the LoRA layer fine-tuning left as they were, bit for bit. */
  frozen: Record<'weight' | 'bias' | 'A' | 'B', boolean>;
  merged: MergeResult | null;
  checks: Check[];
  /** A few values of the LoRA layer: before fine-tuning, after it, after the merge. */
  excerpts: LayerExcerpt[];
  /** What was fine-tuned, as `model.safetensors` holds it. */
  baseModule: Module;
  adapter: AdapterTensors;
  mergedModule: Module | null;
}

/**
 * The notebook's second experiment: pretrains one epoch (or takes `base`), freezes W and its bias, trains the LoRA
 * branch and the output layer, tests, checks, and merges when asked to.
 */
export async function runLoraFineTuning(input: LoraInput): Promise<LoraResult> {
  const generator = new Generator(input.options.seed);
  const model = createExperimentModel(input, generator);
  try {
    return await fineTune(input, { ...input, model, generator });
  } finally {
    model.dispose();
    generator.dispose();
  }
}

async function fineTune(input: LoraInput, context: PhaseContext): Promise<LoraResult> {
  const { model } = context;
  const { pretrain, baseTest } = await prepareBase(input, context);
  const before = readLayer(model);
  const baseModule = moduleOf(before, model);
  model.hidden.loraEnabled = true;
  model.hidden.setTrainable({ base: false, lora: true });
  const lora = await runPhase(context, 'lora', input.options.loraEpochs);
  const after = readLayer(model);
  const frozen = sameBits(before, after);
  const result: LoraResult = {
    pretrain,
    baseTest,
    lora,
    frozen,
    merged: null,
    checks: [...fineTuningChecks(frozen), ...checkLayerOutputs({ ...input.options, device: input.device })],
    excerpts: [excerptOf(before), excerptOf(after)],
    baseModule,
    adapter: readAdapter(model, after),
    mergedModule: null,
  };
  return input.merge ? mergeInto(result, after, input, context) : result;
}

async function prepareBase(
  { base }: LoraInput,
  context: PhaseContext,
): Promise<Pick<LoraResult, 'pretrain' | 'baseTest'>> {
  if (base === undefined) {
    const pretrain = await runPhase(context, 'pretrain', 1);
    return { pretrain, baseTest: pretrain.test };
  }
  loadModule(context.model, base);
  const { test } = await runTest(context, 'base');
  return { pretrain: null, baseTest: test };
}

async function mergeInto(
  result: LoraResult,
  before: LayerState,
  { options }: LoraInput,
  context: PhaseContext,
): Promise<LoraResult> {
  const merged = await mergeAndTest(context);
  const after = readLayer(context.model);
  const checks = mergeChecks(sameBits(before, after), result.lora.test, merged, options.dtype);
  return {
    ...result,
    merged,
    checks: [...result.checks, ...checks],
    excerpts: [...result.excerpts, excerptOf(after)],
    mergedModule: moduleOf(after, context.model),
  };
}

function readAdapter({ parameters }: ClassifierModel, { A, B }: LayerState): AdapterTensors {
  const [outputWeight, outputBias] = [parameters['fc2.weight'], parameters['fc2.bias']].map(readTensor);
  return { A, B, outputWeight, outputBias } as AdapterTensors;
}
