import type { SplitName } from '../data/collected_reviews.js';
import { aDataset, type Dataset } from '../data/dataset.js';
import type { Reviews } from '../data/splits/reviews.js';
import { createBags } from '../model/bags.js';
import type { Bags } from '../model/native.js';
import { withCharacterWeight } from '../text/characters/character_weight.js';
import { featureWeights } from '../text/weighting/feature_weights.js';

/** The three splits of a data set on the native side, each copied when it is first asked for. */
export interface SplitBags {
  readonly train: Bags;
  readonly valid: Bags;
  readonly test: Bags;
  /** Frees what has been copied; a split that is asked for after that is copied again. */
  dispose(): void;
}

/** Copies the splits of `dataset` to the native side, weighted as its training split says. */
export function createSplitBags(dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features' | 'weights'>): SplitBags {
  aDataset(dataset, 'dataset');
  const featurizer = { ...dataset, options: dataset.features };
  const copied = new Map<SplitName, Bags>();
  const bagsOf = (name: SplitName): Bags => {
    const bags = copied.get(name) ?? createBags(dataset.splits[name], featurizer);
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
interface FoldBags {
  readonly train: Bags;
  readonly heldOut: Bags;
  readonly weights: Float32Array | null;
  dispose(): void;
}

/** Copies reviews of `dataset` to the native side, weighted as `train`, and nothing else, says. */
export function createFoldBags(
  { dataset, classes }: { dataset: Pick<Dataset, 'vocabulary' | 'features'>; classes: number },
  train: Reviews,
  heldOut: Reviews,
): FoldBags {
  const { features: options, vocabulary } = dataset;
  const { weighting } = options;
  const ofTexts = featureWeights(train, train.labels, { features: vocabulary.size, classes, weighting });
  const weights = withCharacterWeight(ofTexts, vocabulary, options);
  const featurizer = { options, vocabulary, weights };
  const bags = { train: createBags(train, featurizer), heldOut: createBags(heldOut, featurizer) };
  const dispose = (): void => {
    for (const each of Object.values(bags)) each.dispose();
  };
  return { ...bags, weights, dispose };
}

/**
 * Copies reviews to the native side, each feature with the value that `options` and `weights` give it.
 * @param featurizer the one that has encoded the reviews, or what it was made of
 */
