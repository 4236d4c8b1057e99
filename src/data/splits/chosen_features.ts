import type { FeatureOptions } from '../../text/features.js';

/** The size of the training reviews, those that are held out for validation included. */
export interface TrainingSize {
  readonly reviews: number;
  /** Number of their tokens. */
  readonly tokens: number;
  readonly classes: number;
}

/** Chooses options of features when the reviews have been read. */
export interface FeatureChoice {
  /** Stands for the rule in the names of what is kept in the cache: another rule has another name. */
  readonly name: string;
  /** Returns the options that depend on the reviews. */
  choose(size: TrainingSize): Partial<Omit<FeatureOptions, 'vocabularySize'>>;
}
