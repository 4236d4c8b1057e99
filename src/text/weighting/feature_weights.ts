import type { EncodedTexts } from '../bag_writer.js';
import { ClassCounts, type FitTexts } from './class_counts.js';
import { columnsOf, type FeatureColumns } from './feature_columns.js';
import { LogCountRatios } from './log_count_ratios.js';
import { naiveBayesWeights } from './naive_bayes.js';
import type { Weighting } from './weightings.js';

/**
 * Returns the factor of each feature, or null without weighting. Take it of the texts that a model is fitted on and of no
 * others, since most kinds look at labels.
 * @param texts the texts to fit on
 * @param labels `[texts]`: indices into the classes
 * @returns `[features]`, see `Weighting`
 */
export function featureWeights(
  texts: EncodedTexts,
  labels: Int32Array,
  { features, classes, weighting }: { features: number; classes: number; weighting: Weighting },
): Float32Array | null {
  if (weighting === 'none') return null;
  // The same numbers without sorting all entries.
  if (weighting === 'naive-bayes' && classes === 2) return naiveBayesWeights(texts, labels, features);
  const [weights = null] = weigh(columnsOf(texts, features), { labels, classes }, [weighting]).weights;
  return weights;
}

/** A scale whose values change no sum, and whose square is no zero. */
const negligible = 1e-15;

/**
 * Returns the scales of the features for linear models that are fitted on some of the texts: their weights, so that the
 * mean square of the fitted texts' values is 1 and a cost means the same for all kinds.
 * @param factors `[features]`: what weights are multiplied by first; null: 1
 * @returns for each kind `[features]`
 */
export function weightingScales(
  columns: FeatureColumns,
  fit: FitTexts,
  { kinds, factors }: { kinds: readonly Weighting[]; factors: Float32Array | null },
): Float32Array[] {
  const { weights, frequencies } = weigh(columns, fit, kinds);
  for (const scales of weights) {
    for (let id = 0; factors !== null && id < scales.length; id += 1) scales[id] *= factors[id];
    scaleToMeanSquareOne(scales, frequencies);
    // What says nothing, as a word of all texts by `idf`, still counts in the length of a row: the finished model counts it.
    for (let id = 0; id < scales.length; id += 1) if (scales[id] === 0 && frequencies[id] > 0) scales[id] = negligible;
  }
  return weights;
}

/**
 * Multiplies the scales by the number that makes the mean square of all entries 1; leaves them where they are all 0.
 * @param frequencies `[features]`: number of texts that have each feature
 */
export function scaleToMeanSquareOne(scales: Float32Array, frequencies: Int32Array): void {
  let [squares, entries] = [0, 0];
  for (let id = 0; id < scales.length; id += 1) {
    squares += frequencies[id] * scales[id] * scales[id];
    entries += frequencies[id];
  }
  if (!(squares > 0)) return;
  const factor = Math.sqrt(entries / squares);
  for (let id = 0; id < scales.length; id += 1) scales[id] *= factor;
}

interface Weighed {
  /** For each kind `[features]`. */
  weights: Float32Array[];
  /** `[features]`: number of fitted texts that have each feature. */
  frequencies: Int32Array;
}

/** Goes over the features once for all kinds. */
function weigh(columns: FeatureColumns, fit: FitTexts, kinds: readonly Weighting[]): Weighed {
  const features = columns.starts.length - 1;
  const counts = new ClassCounts(columns, fit);
  const weights = kinds.map(() => new Float32Array(features));
  const frequencies = new Int32Array(features);
  const ratios = new LogCountRatios(counts, features);
  const isPlain = kinds.includes('naive-bayes') || kinds.includes('naive-bayes-idf');
  const isShrunk = kinds.includes('shrunk-naive-bayes');
  const idfs = Float64Array.from({ length: counts.fitted + 1 }, (_, texts) => Math.log(counts.fitted / texts));
  for (let id = 0; id < features; id += 1) {
    counts.count(id);
    frequencies[id] = counts.texts;
    // What no text has says nothing.
    if (counts.texts === 0) continue;
    ratios.look(isPlain, isShrunk);
    for (let k = 0; k < kinds.length; k += 1) weights[k][id] = weightOf(kinds[k], idfs[counts.texts], ratios);
  }
  return { weights, frequencies };
}

function weightOf(kind: Weighting, idf: number, { plain, shrunk }: LogCountRatios): number {
  switch (kind) {
    case 'none':
      return 1;
    case 'naive-bayes':
      return plain;
    case 'idf':
      return idf;
    case 'naive-bayes-idf':
      return plain * idf;
    case 'shrunk-naive-bayes':
      return shrunk;
  }
}
