import type { EncodedTexts } from '../bag_writer.js';

/** The number that is added to each count (Laplace smoothing). */
const smoothing = 1;

/**
 * Returns the log-count ratio of each feature, `ln((1 + P_j) / sum(1 + P)) - ln((1 + Q_j) / sum(1 + Q))`, where `P_j` is
 * what the texts of class 1 have of feature j and `Q_j` what those of class 0 have (Wang and Manning 2012, _Baselines and
 * Bigrams_). Take it of the texts that a model is fitted on and of no others, since it looks at their labels.
 * @param labels `[texts]`: 0 or 1
 * @param features number of features
 * @returns `[features]`
 */
export function naiveBayesWeights(
  { ids, offsets, counts }: EncodedTexts,
  labels: Int32Array,
  features: number,
): Float32Array {
  const [negative, positive] = [new Int32Array(features), new Int32Array(features)];
  labels.forEach((label, text) => {
    const sums = label === 1 ? positive : negative;
    const start = offsets[text];
    const end = offsets[text + 1];
    if (counts === null) {
      // What nearly all data sets need, faster without asking at each entry.
      for (let i = start; i < end; i += 1) {
        sums[ids[i]] += 1;
      }
      return;
    }
    for (let i = start; i < end; i += 1) {
      sums[ids[i]] += counts[i];
    }
  });
  // Most features have the same few sums.
  const logs = Float64Array.from({ length: 1024 }, (_, sum) => Math.log(smoothing + sum));
  const logOf = (sum: number): number => (sum < logs.length ? logs[sum] : Math.log(smoothing + sum));
  const logTotals = Math.log(total(positive)) - Math.log(total(negative));
  const weights = new Float32Array(features);
  for (let id = 0; id < features; id += 1) weights[id] = logOf(positive[id]) - logOf(negative[id]) - logTotals;
  return weights;
}

function total(sums: Int32Array): number {
  let all = smoothing * sums.length;
  for (const sum of sums) all += sum;
  return all;
}
