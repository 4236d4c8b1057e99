import { aBoolean, aMap, fields, optional } from '../arguments.js';
import { withoutStart } from '../model/adapter_algebra.js';
import type { ClassifierModel } from '../model/classifier_model.js';
import type { Module } from '../model/parameters.js';
import { readTrainedAdapter } from '../model/trained_adapter.js';
import { searchTuning } from './auto/tuning_search.js';
import type { TuningSearch } from './auto/tuning_plan.js';
import type { Check } from './check.js';
import type { Adapter } from '../storage/adapter.js';
import type { Calibration } from '../storage/model_description.js';
import type { LabelledLogits } from '../training/calibration.js';
import { readLogits } from '../training/metrics.js';
import type { Metrics } from '../training/evaluation.js';
import { fitOnHeldOut, withTest, type CalibrationResult } from './calibration_result.js';
import {
  classWeightsFor,
  inputFields,
  validationMetric,
  withNewModel,
  type ExperimentInput,
} from './experiment_model.js';
import { fineTuningEpochs, pretrainingEpochs } from './epochs_by_steps.js';
import { loadBase, moduleOfBase, type FineTuningBase } from './fine_tuning_base.js';
import { checkLayerOutputs } from './layer_output_checks.js';
import {
  excerptOf,
  moduleOf,
  readLayers,
  sameBits,
  type LayerExcerpts,
  type LayerStates,
  type PerLayer,
} from './layer_state.js';
import { fineTuningChecks, mergeChecks } from './lora_checks.js';
import { mergeAndTest, type MergeResult } from './merge.js';
import { freezeLayers, pretrainingContext, startBranches } from './fine_tuning_start.js';
import { runPhase, runTest, type PhaseContext, type PhaseResult } from '../training/phase.js';

const checkLoraInput = fields({
  ...inputFields,
  base: optional(aMap),
  newOutput: optional(aBoolean),
  sharesReviews: optional(aBoolean),
  merge: aBoolean,
});

/** Without a base, one is pretrained first. */
export interface LoraInput extends ExperimentInput, FineTuningBase {
  /** Whether the base was trained on these training reviews; a search then judges by those held out for validation. */
  sharesReviews?: boolean | undefined;
  /** Whether to merge the branches into their layers at the end. */
  merge: boolean;
}

export interface LoraResult {
  /** Null when fine-tuning started from a given model. */
  pretrain: PhaseResult | null;
  /** The test of the model that was fine-tuned, before that; null where its classes are others. */
  baseTest: Metrics | null;
  /** Whether the output layer is of other classes than that of the base. */
  newOutput: boolean;
  lora: PhaseResult;
  /** Which parameters fine-tuning left as they were, bit for bit, of the layers that it freezes. */
  frozen: PerLayer<boolean>;
  merged: MergeResult | null;
  calibration: CalibrationResult | null;
  /** What was fitted and is not used, for its numbers make no sense. */
  refusedCalibration: Calibration | null;
  checks: Check[];
  /** A few values of these layers: before fine-tuning, after it, after the merge. */
  excerpts: LayerExcerpts[];
  /** The model that was fine-tuned, as `model.safetensors` holds it. */
  baseModule: Module;
  /** The parameters that fine-tuning has trained, for the model that was fine-tuned. */
  adapter: Adapter;
  mergedModule: Module | null;
  /** What a search took as learning rate and number of epochs, and what it tried; null without one. */
  search: TuningSearch | null;
  /** The number of epochs that fine-tuning was to have. */
  loraEpochs: number;
}

type TunedResult = Omit<LoraResult, 'search' | 'loraEpochs'>;

/**
 * The notebook's second experiment: pretrains one epoch (or takes `base`), freezes W and its bias, trains the LoRA
 * branch and the output layer, tests, checks, and merges when asked to. An output layer with a branch is frozen, too; where
 * the classes are others than the base's, a new one is trained, and the module of the base keeps its own. Where
 * the options ask for a search, the learning rate and the number of epochs are those that do best on held-out reviews.
 */
export async function runLoraFineTuning(given: LoraInput): Promise<LoraResult> {
  checkLoraInput(given, 'input');
  const search = await searchTuning(given);
  const loraEpochs = search?.chosen.candidate.loraEpochs ?? fineTuningEpochs(given);
  const input = { ...given, options: { ...given.options, ...search?.chosen.candidate, loraEpochs } };
  const { train, valid } = input.dataset.splits;
  const classWeights = classWeightsFor(input, train.labels);
  const metric = validationMetric(input, valid.labels);
  const result = await withNewModel(input, (own) => fineTune(input, { ...input, ...own, classWeights, metric }));
  return { ...result, search, loraEpochs };
}

async function fineTune(input: LoraInput, context: PhaseContext): Promise<TunedResult> {
  const { model } = context;
  const { pretrain, baseTest } = await prepareBase(input, context);
  const base = readLayers(model);
  const replaced = input.newOutput === true ? input.base : undefined;
  const baseModule = replaced === undefined ? moduleOf(base, model) : moduleOfBase(replaced);
  const before = startBranches(input, context) ? readLayers(model) : base;
  freezeLayers(input, context);
  const lora = await runPhase(context, 'lora', input.options.loraEpochs);
  const after = readLayers(model);
  const frozen = sameBits(before, after);
  const result: TunedResult = {
    pretrain,
    baseTest,
    newOutput: replaced !== undefined,
    lora,
    frozen,
    merged: null,
    ...calibrate(input, model),
    checks: [...fineTuningChecks(frozen), ...checkLayerOutputs({ ...input.options, device: input.device })],
    excerpts: [excerptOf(before), excerptOf(after)],
    baseModule,
    adapter: adapterOf(input, model, before),
    mergedModule: null,
  };
  return input.merge ? mergeInto(result, after, input, context) : result;
}

async function prepareBase(
  input: LoraInput,
  context: PhaseContext,
): Promise<Pick<LoraResult, 'pretrain' | 'baseTest'>> {
  const { base, newOutput, options, dataset } = input;
  if (base === undefined) {
    const epochs = pretrainingEpochs(input, dataset.splits.train.labels.length);
    const pretrain = await runPhase(pretrainingContext(context, options.pretraining), 'pretrain', epochs);
    return { pretrain, baseTest: pretrain.test };
  }
  loadBase(context.model, base, newOutput);
  if (newOutput === true) return { pretrain: null, baseTest: null };
  const { test } = await runTest(context, 'base');
  return { pretrain: null, baseTest: test };
}

/** Fits the calibration of the fine-tuned model. */
function calibrate(
  { dataset: { splits }, bags, classes, options }: LoraInput,
  { classifier }: ClassifierModel,
): Pick<LoraResult, 'calibration' | 'refusedCalibration'> {
  const labelled = (split: 'valid' | 'test'): LabelledLogits => ({
    logits: readLogits(classifier, bags[split]),
    labels: splits[split].labels,
    classes,
  });
  const fitted = fitOnHeldOut(options, () => labelled('valid'));
  return { calibration: withTest(fitted, () => labelled('test')), refusedCalibration: fitted.refused };
}

async function mergeInto(
  result: TunedResult,
  before: LayerStates,
  { options }: LoraInput,
  context: PhaseContext,
): Promise<TunedResult> {
  const merged = await mergeAndTest(context);
  const after = readLayers(context.model);
  const checks = mergeChecks(sameBits(before, after), result.lora.test, merged, options.dtype);
  return {
    ...result,
    merged,
    checks: [...result.checks, ...checks],
    excerpts: [...result.excerpts, excerptOf(after)],
    mergedModule: moduleOf(after, context.model),
  };
}

function adapterOf({ options }: LoraInput, model: ClassifierModel, before: LayerStates): Adapter {
  const adapter = readTrainedAdapter(model, options);
  if (options.init !== 'pissa') return adapter;
  const branches = Array.from(adapter.branches, ([layer, branch]) => {
    const { down, up } = before.get(layer) ?? {};
    return [layer, down && up ? withoutStart(branch, { down, up }, options.useRslora) : branch] as const;
  });
  return { ...adapter, branches: new Map(branches) };
}
