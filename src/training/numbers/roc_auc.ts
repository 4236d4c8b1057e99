/**
 * Returns the rank of each score among `sorted`, from 1; equal scores share the mean of their ranks.
 * @param sorted scores in ascending order, `scores` among them
 */
export function midranks(scores: Float64Array, sorted: Float64Array): Float64Array {
  return scores.map((score) => (countBelow(sorted, score) + countUpTo(sorted, score) + 1) / 2);
}

/** The number of sorted values that are less. */
function countBelow(sorted: Float64Array, score: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number of sorted values that are not greater. */
function countUpTo(sorted: Float64Array, score: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Returns the area under the ROC curve: the share of pairs of a positive and a negative example whose scores are in the
 * right order, where equal ones count half. NaN where there are no pairs.
 * @param scores `[n]`
 * @param labels `[n]`: those equal to `positive` are the positive examples
 */
export function rocAuc(scores: Float64Array, labels: Int32Array, positive: number): number {
  const ranks = midranks(scores, scores.toSorted());
  let [positives, rankSum] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    if (labels[row] !== positive) continue;
    positives += 1;
    rankSum += ranks[row];
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}
