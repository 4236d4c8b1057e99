import type { Dataset } from '../../data/dataset.js';
import { joinReviews, type Reviews } from '../../data/splits/reviews.js';
import { FeatureSubset } from '../../text/feature_subset.js';
import { LinearReviews } from '../../training/linear/linear_reviews.js';
import { featuresNamed } from './candidate.js';

interface FeatureSetsOptions {
  readonly classes: number;
  readonly characterWeight: number;
}

/** All training reviews, those that are held out for validation included, with each set of features that is asked for. */
export class FeatureSets {
  readonly all: Reviews;
  readonly #made = new Map<string, LinearReviews>();
  readonly #subsets = new Map<string, FeatureSubset>();

  constructor(
    readonly dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features'>,
    readonly options: FeatureSetsOptions,
  ) {
    this.all = joinReviews([dataset.splits.train, dataset.splits.valid]);
  }

  /** Returns the reviews with the features of this name, see `featuresOf`. */
  with(name: string): LinearReviews {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const { normalize } = this.dataset.features;
    const reviews = new LinearReviews(this.all, { ...this.options, subset: this.#subset(name), normalize });
    this.#made.set(name, reviews);
    return reviews;
  }

  /** Whether no feature has this name, as where each token is in too few reviews. */
  isEmpty(name: string): boolean {
    return this.#subset(name).vocabulary.size === 0;
  }

  #subset(name: string): FeatureSubset {
    const { ngrams, characters } = featuresNamed(name);
    const hasLetters = this.dataset.features.tokenizer === 'unicode';
    const options = { ngrams, characters: characters !== null, hasLetters };
    const subset = this.#subsets.get(name) ?? new FeatureSubset(this.dataset.vocabulary, options);
    this.#subsets.set(name, subset);
    return subset;
  }

  /** Frees the reviews with all sets of features but one. */
  keepOnly(name: string): void {
    for (const [own, reviews] of this.#made) {
      if (own === name) continue;
      reviews.dispose();
      this.#made.delete(own);
    }
  }

  dispose(): void {
    this.keepOnly('');
  }
}
