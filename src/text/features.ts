/** How a text becomes the input of a model. */
export interface FeatureOptions {
  /** `notebook`: words as the notebook cuts them; `words-and-punctuation`: punctuation marks are tokens too. */
  readonly tokenizer: 'notebook' | 'words-and-punctuation';
  /** Features are the runs of 1 .. `ngrams` tokens. */
  readonly ngrams: number;
  /** A feature is kept when at least so many training texts have it. */
  readonly minimumCount: number;
  /** At most so many features, the most frequent ones; null: all. */
  readonly vocabularySize: number | null;
  /** Whether a feature counts once a text or as often as it occurs. */
  readonly counts: 'binary' | 'counts';
  /** `naive-bayes`: every feature is scaled by its log-count ratio (Wang and Manning 2012). */
  readonly weighting: 'none' | 'naive-bayes';
  /** Whether a text's values are divided by their Euclidean norm. */
  readonly normalize: boolean;
  /** What all values are multiplied with in the end. */
  readonly gain: number;
}

/** The notebook's bags of words. */
export const notebookFeatures = Object.freeze({
  tokenizer: 'notebook',
  ngrams: 1,
  minimumCount: 1,
  vocabularySize: 20_000,
  counts: 'binary',
  weighting: 'none',
  normalize: false,
  gain: 1,
}) satisfies FeatureOptions;
