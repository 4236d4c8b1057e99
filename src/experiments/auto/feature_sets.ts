import type { Dataset } from '../../data/dataset.js';
import { joinReviews, type Reviews } from '../../data/splits/reviews.js';
import { FeatureSubset } from '../../text/feature_subset.js';
import { LinearReviews } from '../../training/linear/linear_reviews.js';
import { featuresOf, type Candidate } from './candidate.js';

interface FeatureSetsOptions {
  readonly classes: number;
  readonly characterWeight: number;
}

/** All training reviews, those that are held out for validation included, with each set of features that is asked for. */
export class FeatureSets {
  readonly all: Reviews;
  readonly #options = new Map<string, Candidate>();
  readonly #made = new Map<string, LinearReviews>();

  constructor(
    readonly dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features'>,
    candidates: readonly Candidate[],
    readonly options: FeatureSetsOptions,
  ) {
    this.all = joinReviews([dataset.splits.train, dataset.splits.valid]);
    for (const candidate of candidates) this.#options.set(featuresOf(candidate), candidate);
  }

  /** Returns the reviews with the features of this name, see `featuresOf`. */
  with(name: string): LinearReviews {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const candidate = this.#options.get(name);
    if (candidate === undefined) throw new Error(`Expected the features of a candidate but received ${name}.`);
    const { vocabulary, features } = this.dataset;
    const subset = new FeatureSubset(vocabulary, {
      ngrams: candidate.ngrams,
      characters: candidate.characters !== null,
    });
    const reviews = new LinearReviews(this.all, { ...this.options, subset, normalize: features.normalize });
    this.#made.set(name, reviews);
    return reviews;
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
