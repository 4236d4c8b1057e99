import type { TimeSlices } from '../system/time_slices.js';
import type { EncodedTexts } from './bag_writer.js';
import type { FeatureOptions } from './features.js';

/** Added to each count (Laplace smoothing). */
const smoothing = 1;

/**
 * The log-count ratio of each feature, `ln((1 + P_j) / sum(1 + P)) - ln((1 + Q_j) / sum(1 + Q))`, where `P_j` is what
 * the texts of class 1 have of feature j and `Q_j` what those of class 0 have (Wang and Manning 2012, _Baselines and
 * Bigrams_). To be taken of the texts that a model is fitted on and of no others, since it looks at their labels.
 * @param labels `[texts]`: 0 or 1
 * @param features how many there are
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
  for (let id = 0; id < features; id += 1)
    weights[id] = logOf(positive[id]) - logOf(negative[id]) - logTotals;
  return weights;
}

/**
 * What the model multiplies: counts (or 1) times weights, divided by the norm of the text, times the gain.
 * @param weights `[features]`, or null without weighting
 * @returns `[ids.length]`, or null when all are 1
 */
export function featureValues(
  texts: EncodedTexts,
  weights: Float32Array | null,
  options: ValueOptions,
): Float32Array | null {
  if (areAllOne(texts, weights, options)) return null;
  const values = new Float32Array(texts.ids.length);
  for (let text = 0; text + 1 < texts.offsets.length; text += 1) {
    setValues(values, text, texts, weights, options);
  }
  return values;
}

/** As `featureValues`. @throws the reason of the signal of `slices` */
export async function featureValuesInSlices(
  texts: EncodedTexts,
  weights: Float32Array | null,
  options: ValueOptions,
  slices: TimeSlices,
): Promise<Float32Array | null> {
  if (areAllOne(texts, weights, options)) return null;
  const values = new Float32Array(texts.ids.length);
  for (let text = 0; text + 1 < texts.offsets.length; text += 1) {
    setValues(values, text, texts, weights, options);
    if (slices.isOver) await slices.next();
  }
  return values;
}

type ValueOptions = Pick<FeatureOptions, 'normalize' | 'gain'>;

/** Whether `featureValues` would be 1 everywhere. */
export function areAllOne(
  { counts }: EncodedTexts,
  weights: Float32Array | null,
  { normalize, gain }: ValueOptions,
): boolean {
  return counts === null && weights === null && !normalize && gain === 1;
}

function setValues(
  values: Float32Array,
  text: number,
  { ids, offsets, counts }: EncodedTexts,
  weights: Float32Array | null,
  { normalize, gain }: ValueOptions,
): void {
  const start = offsets[text];
  const end = offsets[text + 1];
  let squares = 0;
  if (weights !== null && counts === null) {
    // What nearly all models need, twice as fast without asking at each feature what there is.
    for (let i = start; i < end; i += 1) {
      const value = weights[ids[i]];
      values[i] = value;
      squares += value * value;
    }
  } else {
    for (let i = start; i < end; i += 1) {
      const value = (counts?.[i] ?? 1) * (weights?.[ids[i]] ?? 1);
      values[i] = value;
      squares += value * value;
    }
  }
  // A text whose features all weigh nothing stays as it is.
  const factor = normalize && squares > 0 ? gain / Math.sqrt(squares) : gain;
  for (let i = start; i < end; i += 1) values[i] *= factor;
}

function total(sums: Int32Array): number {
  let all = smoothing * sums.length;
  for (const sum of sums) all += sum;
  return all;
}
