import type { SplitName } from '../data/collected_reviews.js';
import type { Dataset } from '../data/dataset.js';
import type { Reviews } from '../data/splits/reviews.js';
import { Bags } from '../model/native.js';
import { areAllOne, naiveBayesWeights } from '../text/feature_values.js';
import type { FeatureOptions } from '../text/features.js';

/** The three splits of a data set on the native side, each copied when it is first asked for. */
export interface SplitBags {
  readonly train: Bags;
  readonly valid: Bags;
  readonly test: Bags;
  /** Frees what has been copied; a split that is asked for after that is copied again. */
  dispose(): void;
}

/** The features that reviews become bags with. */
export interface Features {
  options: FeatureOptions;
  /** `[size]`: the factor of each feature; null without weighting. */
  weights: Float32Array | null;
  size: number;
}

/** Copies the splits of `dataset` to the native side, weighted as its training split says. */
export function createSplitBags(
  dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features' | 'weights'>,
): SplitBags {
  const { splits, features: options, weights, vocabulary } = dataset;
  const features = { options, weights, size: vocabulary.size };
  const copied = new Map<SplitName, Bags>();
  const bagsOf = (name: SplitName): Bags => {
    const bags = copied.get(name) ?? createBags(splits[name], features);
    copied.set(name, bags);
    return bags;
  };
  return {
    get train() {
      return bagsOf('train');
    },
    get valid() {
      return bagsOf('valid');
    },
    get test() {
      return bagsOf('test');
    },
    dispose() {
      for (const bags of copied.values()) bags.dispose();
      copied.clear();
    },
  };
}

/** Reviews to train a model on, and others that it does not see. `dispose` frees them. */
export interface FoldBags {
  readonly train: Bags;
  readonly heldOut: Bags;
  readonly weights: Float32Array | null;
  dispose(): void;
}

/** Copies reviews of `dataset` to the native side, weighted as `train`, and nothing else, says. */
export function createFoldBags(
  dataset: Pick<Dataset, 'vocabulary' | 'features'>,
  train: Reviews,
  heldOut: Reviews,
): FoldBags {
  const { features: options, vocabulary } = dataset;
  const { size } = vocabulary;
  const weights = options.weighting === 'none' ? null : naiveBayesWeights(train, train.labels, size);
  const features = { options, weights, size };
  const bags = { train: createBags(train, features), heldOut: createBags(heldOut, features) };
  const dispose = (): void => {
    for (const each of Object.values(bags)) each.dispose();
  };
  return { ...bags, weights, dispose };
}

/** Copies reviews to the native side, with the values that `featureValues` computes. */
export function createBags(reviews: Reviews, { options, weights, size }: Features): Bags {
  const { ids, offsets, labels, counts } = reviews;
  const bags = { ids, offsets, labels, vocabularySize: size };
  if (areAllOne(reviews, weights, options)) return new Bags(bags);
  const { normalize, gain } = options;
  return new Bags({
    ...bags,
    ...(counts && { values: Float32Array.from(counts) }),
    weighting: { normalize, gain, ...(weights && { weights }) },
  });
}
