/** The names of features, by their ids. */
export interface FeatureNames {
  /** The number of features. */
  readonly size: number;
  /** The name of a feature: tokens joined by a blank, or `~` and the characters of an n-gram inside a word. */
  word(id: number): string;
  /** Whether a feature is an n-gram of characters. @internal */
  isOfCharacters(id: number): boolean;
}
