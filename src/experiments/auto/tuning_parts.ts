import { stratifiedFolds } from '../../data/splits/folds.js';
import { joinReviews, selectReviews, type Reviews } from '../../data/splits/reviews.js';
import { createBags } from '../../model/bags.js';
import { readModule } from '../../model/parameters.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { runTraining } from '../../training/phase.js';
import { createFoldBags, type SplitBags } from '../../training/split_bags.js';
import { classWeightsFor, withNewModel, type ExperimentInput } from '../experiment_model.js';
import { pretrainingEpochs } from '../epochs_by_steps.js';
import type { FineTuningBase } from '../fine_tuning_base.js';
import { pretrainingContext } from '../fine_tuning_start.js';

/** An experiment whose model is fine-tuned. */
export interface TuningInput extends ExperimentInput, FineTuningBase {
  /** Whether the base was trained on these training reviews, so that only those held out for validation say anything. */
  sharesReviews?: boolean | undefined;
}

/** Reviews to fine-tune on, others to judge by, and the model to start from. `dispose` frees the reviews. */
export interface TuningPart {
  readonly bags: Pick<SplitBags, 'train' | 'valid'>;
  /** Of the reviews to fine-tune on. */
  readonly labels: Int32Array;
  /** Of those to judge by. */
  readonly heldOut: Int32Array;
  readonly base: ReadonlyMap<string, StoredTensor>;
  dispose(): void;
}

type UnstartedPart = Omit<TuningPart, 'base'>;

/** With fewer reviews held out for validation all training reviews are judged by, in folds. */
const fewHeldOut = 1000;
const usualFolds = 5;

/**
 * Makes the parts that ways to fine-tune are judged in: the reviews that are held out for validation or, where these are
 * few, folds of all training reviews. Where no base is given, one is pretrained for each part, on its own reviews.
 * @throws the reason of the signal
 */
export async function makeTuningParts(input: TuningInput): Promise<TuningPart[]> {
  const parts: TuningPart[] = [];
  try {
    for (const make of plannedParts(input)) parts.push(await withBase(input, make()));
    return parts;
  } catch (error) {
    for (const part of parts) part.dispose();
    throw error;
  }
}

function plannedParts(input: TuningInput): (() => UnstartedPart)[] {
  const { dataset, bags, options, sharesReviews = false } = input;
  const { train, valid } = dataset.splits;
  const all = joinReviews([train, valid]);
  const units = new Set(all.groups ?? all.labels.keys()).size;
  const isEnough = valid.labels.length >= fewHeldOut || options.fixed?.includes('valid') === true;
  if (sharesReviews || isEnough || units < 2) {
    return [() => ({ bags, labels: train.labels, heldOut: valid.labels, dispose: () => undefined })];
  }
  const folds = Math.min(usualFolds, units);
  const foldOf = stratifiedFolds(all.labels, input.classes, folds, all.groups);
  const rows = Int32Array.from(all.labels.keys());
  return Array.from({ length: folds }, (_, fold) => () => {
    const [others, heldOut] = [rows.filter((row) => foldOf[row] !== fold), rows.filter((row) => foldOf[row] === fold)];
    return partOf(input, selectReviews(all, others), selectReviews(all, heldOut));
  });
}

function partOf(input: TuningInput, train: Reviews, heldOut: Reviews): UnstartedPart {
  const { train: own, heldOut: valid, dispose } = foldBags(input, train, heldOut);
  return { bags: { train: own, valid }, labels: train.labels, heldOut: heldOut.labels, dispose };
}

/** A base weighs features as it was trained to, and a new model as the reviews of the part say. */
function foldBags(
  input: TuningInput,
  train: Reviews,
  heldOut: Reviews,
): Pick<ReturnType<typeof createFoldBags>, 'train' | 'heldOut' | 'dispose'> {
  if (input.base === undefined) return createFoldBags(input, train, heldOut);
  const { features: options, vocabulary, weights } = input.dataset;
  const weighting = { options, vocabulary, weights };
  const bags = { train: createBags(train, weighting), heldOut: createBags(heldOut, weighting) };
  const dispose = (): void => {
    for (const each of Object.values(bags)) each.dispose();
  };
  return { ...bags, dispose };
}

async function withBase(input: TuningInput, part: UnstartedPart): Promise<TuningPart> {
  try {
    return { ...part, base: input.base ?? (await pretrain(input, part)) };
  } catch (error) {
    part.dispose();
    throw error;
  }
}

async function pretrain(input: TuningInput, { bags, labels }: UnstartedPart): Promise<TuningPart['base']> {
  return withNewModel(input, async (own) => {
    const { options, signal } = input;
    const context = { ...own, options, bags, classWeights: classWeightsFor(input, labels), signal };
    const epochs = pretrainingEpochs(input, labels.length);
    await runTraining(pretrainingContext(context, options.pretraining), 'pretrain', epochs);
    return readModule(own.model);
  });
}
