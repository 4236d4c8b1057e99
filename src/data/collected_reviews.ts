import type { Origins } from './origins.js';
import type { BadRows, ReadAccount } from './read_account.js';

/** A larger text is no review: the longest one of the IMDb data has 14 kB. */
export const maximumReviewBytes = 1 << 20;

export type SplitName = 'train' | 'valid' | 'test';
export const splitNames: readonly SplitName[] = ['train', 'valid', 'test'];

/** The reviews of a split, in the order of their source. */
export interface CollectedSplit {
  /** `[reviews]`: the numbers of their texts. */
  readonly rows: Int32Array;
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
  readonly origins: Origins;
  /** `[reviews]`: the number of the group of each, which no split parts; absent where each stands for itself. */
  readonly groups?: Int32Array;
}

export interface Columns {
  readonly text: string;
  readonly label: string;
}

/** Facts about a source that are known once it has been read. */
export interface SourceNotes {
  /** Names of the classes; a label is an index into them. */
  readonly classes: readonly string[];
  readonly badRows: BadRows;
  readonly read: ReadAccount;
  /** SHA-256 of texts and labels, wherever they lie and however they are packed; null where a source has another. */
  readonly textsSha256: string | null;
  /** The columns that were taken by their names, since none were given. */
  readonly guess: Columns | null;
  /** Says whether the source has no test reviews, so that some of the training reviews were held out. */
  readonly testHeldOut: boolean;
}

/** All that was read of a source, but for the texts themselves. */
export interface CollectedReviews {
  readonly location: string;
  readonly notes: SourceNotes;
  /**
   * Returns null where the source leaves the split to be made; there always are training reviews.
   * @throws ImdbTorchError ERR_DATASET when reviews are missing or contradict each other
   */
  split(name: SplitName): CollectedSplit | null;
  /** `[texts]`: a digest of each text, by which equal ones are found; absent where they are not looked for. */
  readonly digests?: readonly number[];
  /**
   * `[reviews]`: the number of the movie that each training review is about; absent where a source cannot know.
   * @throws ImdbTorchError ERR_USAGE when it does not say, ERR_DATASET when it does not for all of them
   */
  readonly movies?: (() => Int32Array) | undefined;
}
