import type { Dataset } from '../../data/dataset.js';
import { selectReviews, type Reviews } from '../../data/splits/reviews.js';
import { starsOf } from '../../data/imdb/stars.js';
import { ImdbTorchError } from '../../errors.js';
import type { Bags } from '../../model/native.js';
import { createBags } from '../../training/split_bags.js';

/** The classes of the second task: whether an opinion is strong, for or against. */
export const strengths = ['mild', 'strong'] as const;

/** 1, 2, 9 and 10 stars of 10. */
function strengthsOf(stars: Int32Array): Int32Array {
  return stars.map((count) => Number(count <= 2 || count >= 9));
}

/** No review is in two of them but those to test on, which are labelled for both tasks. */
export interface TaskBags {
  /** By sentiment: what the base learns from, and the test reviews. */
  readonly sentiment: { readonly train: Bags; readonly test: Bags };
  /** By the strength of the opinion: what the second task is learned from, and what settings are chosen on. */
  readonly strength: { readonly train: Bags; readonly valid: Bags; readonly test: Bags };
  /** The strength that most test reviews have, and their share. */
  readonly majority: { readonly name: string; readonly share: number };
  dispose(): void;
}

/**
 * Gives the last `labelled` training reviews to the second task and the others to the base.
 * @throws ImdbTorchError ERR_USAGE when the reviews have no stars, or nothing would be left for the base
 */
export function createTaskBags(dataset: Dataset, labelled: number): TaskBags {
  const { train, valid, test } = dataset.splits;
  const byStrength = (split: typeof train): Reviews => ({
    ...split,
    labels: strengthsOf(starsOf(split, dataset.source.location)),
  });
  const features = {
    options: dataset.features,
    weights: dataset.weights,
    size: dataset.vocabulary.size,
  };
  const [learned, chosenOn, tested] = [byStrength(train), byStrength(valid), byStrength(test)];
  const { length } = train.labels;
  if (labelled >= length) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected --labelled to be below the ${length} training reviews of ${dataset.source.location} but received ${labelled}.`,
    );
  }
  const rows = Int32Array.from(train.labels, (_, row) => row);
  const [forBase, forTask] = [rows.subarray(0, length - labelled), rows.subarray(length - labelled)];
  const sentiment = {
    train: createBags(selectReviews(train, forBase), features),
    test: createBags(test, features),
  };
  const strength = {
    train: createBags(selectReviews(learned, forTask), features),
    valid: createBags(chosenOn, features),
    test: createBags(tested, features),
  };
  const dispose = (): void => {
    for (const bags of [...Object.values(sentiment), ...Object.values(strength)]) bags.dispose();
  };
  return { sentiment, strength, majority: majorityOf(tested.labels), dispose };
}

function majorityOf(labels: Int32Array): TaskBags['majority'] {
  const strong = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  return strong >= 0.5 ? { name: 'strong', share: strong } : { name: 'mild', share: 1 - strong };
}
