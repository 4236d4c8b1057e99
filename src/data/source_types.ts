import type { TokenLists } from '../text/tokens/token_lists.js';
import type { CollectedReviews } from './collected_reviews.js';
import type { TableFormat } from './tables/format.js';

export interface SourceProgress {
  readonly stage: 'download' | 'read' | 'encode';
  readonly done: number;
  /** null: not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'reviews';
}

export interface SourceOptions {
  /** Columns of a table; those that are not given are taken by their usual names. */
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
  /** The classes of a table in their order; a whole number stands for the name at that place. By default all labels. */
  labels?: readonly string[] | undefined;
  /** Whether a single bad row is too much. */
  strict?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** Tables or folders of classes for the splits; without `valid` or `test` a part of the training reviews is held out. */
export interface DataFiles {
  readonly train: string;
  readonly valid?: string | undefined;
  readonly test?: string | undefined;
}

/** Reviews that have been found but not read yet. */
export interface Source {
  readonly kind: 'archive' | 'folder' | 'sample' | 'classes-folder' | TableFormat;
  /** What messages call it: a path, or `sample`. */
  readonly location: string;
  /** Of a file; of a folder's listing with sizes and times; of the sample's text; of several files' hashes. */
  readonly sha256: string;
  /** What else the reviews depend on. */
  readonly variant?: object;
  /**
   * @param tokens where the words go; none yet
   * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); the reason of the signal
   */
  read(tokens: TokenLists): Promise<CollectedReviews>;
}
