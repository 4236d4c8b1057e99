import { ImdbTorchError } from '../../errors.js';
import { PythonRandom } from '../../data/numbers/python_random.js';
import { stratifiedFolds } from '../../data/splits/folds.js';
import type { Fold } from './out_of_fold.js';

/** How reviews are held out to judge models. */
export interface FoldPlan {
  /** The folds of all repeats, one repeat behind the other. */
  readonly folds: readonly Fold[];
  /** How often each review is held out. */
  readonly repeats: number;
  /** `[held-out reviews of all folds]`: the review. */
  readonly rows: Int32Array;
  /** `[held-out reviews of all folds]`: the part of the decision's cross-fitting that it belongs to. */
  readonly parts: Int32Array;
}

/** Into so many parts the held-out reviews of a single fold are cut, so that a decision is judged on others than it is fitted on. */
const partsOfOneFold = 5;

/**
 * Deals reviews out to folds that have their share of every class, groups staying together, several times in other orders.
 * @param reviews in random order @throws ImdbTorchError ERR_USAGE when there are fewer reviews, or groups, than folds
 */
export function crossValidationPlan(
  { labels, groups }: { labels: Int32Array; groups?: Int32Array | undefined },
  { classes, folds, repeats, seed }: { classes: number; folds: number; repeats: number; seed: number },
): FoldPlan {
  if (folds < 2) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      'Expected two training reviews, or groups of them, at least, to hold one out by turns, but received one; give more.',
    );
  }
  const all: Fold[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const order = Int32Array.from(labels.keys());
    if (repeat > 0) new PythonRandom(seed + repeat).shuffle(order);
    const pick = (of: Int32Array): Int32Array => Int32Array.from(order, (row) => of[row] ?? 0);
    const dealt = stratifiedFolds(pick(labels), classes, folds, groups && pick(groups));
    const foldOf = new Int32Array(labels.length);
    order.forEach((row, place) => (foldOf[row] = dealt[place] ?? 0));
    const rows = Int32Array.from(labels.keys());
    for (let fold = 0; fold < folds; fold += 1) {
      all.push({
        fit: rows.filter((row) => foldOf[row] !== fold),
        heldOut: rows.filter((row) => foldOf[row] === fold),
      });
    }
  }
  return planOf(all, repeats);
}

/** Holds out given reviews, those behind the first `train`. @throws ImdbTorchError ERR_USAGE for fewer than two */
export function heldOutPlan(train: number, reviews: number): FoldPlan {
  if (reviews - train < 2) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected two validation reviews or more to judge a model by but received ${reviews - train}; hold out more, or use --folds 5.`,
    );
  }
  const rows = Int32Array.from({ length: reviews }, (_, row) => row);
  return planOf([{ fit: rows.subarray(0, train), heldOut: rows.subarray(train) }], 1);
}

/** Returns the part of a plan that has its first folds only. */
export function firstFolds({ folds, repeats }: FoldPlan, count: number): FoldPlan {
  return count >= folds.length ? planOf(folds, repeats) : planOf(folds.slice(0, count), 1);
}

/**
 * Returns a plan whose folds have a share of the reviews to fit on: of each class the same, one at least, and in each fold
 * others.
 */
export function withShare(
  { folds, repeats }: FoldPlan,
  { labels, classes }: { labels: Int32Array; classes: number },
  share: number,
): FoldPlan {
  const parts = folds.map(({ fit, heldOut }, fold): Fold => {
    const start = Math.floor((fold / folds.length) * fit.length);
    const counts = new Int32Array(classes);
    for (const row of fit) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
    const left = counts.map((count) => Math.max(1, Math.round(share * count)));
    const taken = [...fit.subarray(start), ...fit.subarray(0, start)].filter((row) => {
      const label = labels[row] ?? 0;
      left[label] = (left[label] ?? 0) - 1;
      return (left[label] ?? 0) >= 0;
    });
    return { fit: Int32Array.from(taken).sort(), heldOut };
  });
  return planOf(parts, repeats);
}

function planOf(folds: readonly Fold[], repeats: number): FoldPlan {
  const rows = Int32Array.from(folds.flatMap(({ heldOut }) => Array.from(heldOut)));
  const parts = folds.flatMap(({ heldOut }, fold) =>
    Array.from(heldOut, (_row, index) => (folds.length === 1 ? index % partsOfOneFold : fold)),
  );
  return { folds, repeats, rows, parts: Int32Array.from(parts) };
}
