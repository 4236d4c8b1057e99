import type { Reviews } from '../../data/splits/reviews.js';
import { createBags } from '../../model/bags.js';
import type { Bags } from '../../model/native.js';
import type { EncodedTexts } from '../../text/bag_writer.js';
import type { FeatureSubset } from '../../text/feature_subset.js';
import type { FeatureOptions } from '../../text/features.js';
import { columnsOf, type FeatureColumns } from '../../text/weighting/feature_columns.js';
import { weightingScales } from '../../text/weighting/feature_weights.js';
import type { Weighting } from '../../text/weighting/weightings.js';

/** The features of reviews and how linear models are to value them. */
export interface LinearReviewsOptions {
  readonly classes: number;
  readonly subset: FeatureSubset;
  readonly normalize: FeatureOptions['normalize'];
  /** The factor of n-grams of characters. */
  readonly characterWeight: number;
}

/** Labelled reviews with one set of features, on the native side and by feature: each is counted once for all models. */
export class LinearReviews {
  readonly bags: Bags;
  /** The reviews as bags of the features of the subset. */
  readonly selected: EncodedTexts;
  /** `[reviews]`: class numbers. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly subset: FeatureSubset;
  /** The class that each score is for: two classes have one score, that of the second. */
  readonly columnClasses: readonly number[];
  readonly normalize: 'none' | 'norm' | 'length';
  readonly #columns: FeatureColumns;
  /** Those of reviews that are asked for again, such as the reviews of a fold, as long as these are kept. */
  readonly #scales = new WeakMap<Int32Array, Map<Weighting, Float32Array>>();
  /** `[features]`: the factor of each feature; null where it is 1 for all. */
  readonly #factors: Float32Array | null;

  /** @param reviews encoded with the features that `options.subset` was taken from */
  constructor(reviews: Reviews, { classes, subset, normalize, characterWeight }: LinearReviewsOptions) {
    const { labels } = reviews;
    const { vocabulary, isCharacters } = subset;
    const selected = subset.select(reviews);
    this.selected = selected;
    this.labels = labels;
    this.classes = classes;
    this.subset = subset;
    this.columnClasses = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
    this.normalize = normalize === 'length' ? 'length' : normalize ? 'norm' : 'none';
    const plain = { options: { normalize: false, gain: 1 }, vocabulary, weights: null };
    this.bags = createBags({ ...selected, labels }, plain);
    this.#columns = columnsOf(selected, vocabulary.size);
    const hasFactors = characterWeight !== 1 && isCharacters.includes(1);
    this.#factors = hasFactors ? Float32Array.from(isCharacters, (is) => (is === 1 ? characterWeight : 1)) : null;
  }

  /** The number of scores of a review. */
  get columns(): number {
    return this.columnClasses.length;
  }

  /** Returns the scale of each feature by each weighting, as the reviews `rows` say, `[features]`. */
  scales(weightings: readonly Weighting[], rows: Int32Array): Float32Array[] {
    const { labels, classes } = this;
    const known = this.#scales.get(rows) ?? new Map<Weighting, Float32Array>();
    this.#scales.set(rows, known);
    const kinds = weightings.filter((weighting) => !known.has(weighting));
    if (kinds.length > 0) {
      const made = weightingScales(this.#columns, { labels, classes, rows }, { kinds, factors: this.#factors });
      made.forEach((scales, index) => {
        const kind = kinds[index];
        if (kind) known.set(kind, scales);
      });
    }
    return weightings.map((weighting) => known.get(weighting) ?? new Float32Array(0));
  }

  dispose(): void {
    this.bags.dispose();
  }
}
