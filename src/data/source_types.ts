import type { CollectedReviews } from './collected_reviews.js';
import type { CollectedTexts } from './collected_texts.js';
import type { TableFormat } from './tables/format.js';

export interface SourceProgress {
  readonly stage: 'download' | 'read' | 'encode';
  readonly done: number;
  /** Null where it is not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'reviews';
}

export interface SourceOptions {
  /** The column of the texts in a table; by default the first with a usual name, as for the labels. */
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
  /**
   * The column of what reviews of a table have in common, such as their author: those of one value are held out
   * together, wherever they stand. A review with an empty value stands for itself.
   */
  groupColumn?: string | undefined;
  /** False where the first row of CSV or TSV is one like the others; columns are called 1, 2, ... then. */
  header?: boolean | undefined;
  /** The classes of a table in their order; a whole number stands for the name at that place. By default all labels. */
  labels?: readonly string[] | undefined;
  /**
   * The encoding of texts without a byte order mark, by a name of the Encoding Standard. By default `auto`: UTF-8, and
   * Windows-1252 for the lines of a table, or the files of a folder, that are not UTF-8. IMDb's layout is UTF-8.
   */
  encoding?: string | undefined;
  /** False for reviews that a model is to be asked about: they may be of one class, and too few for every split. */
  toTrain?: boolean | undefined;
  /** Patterns of the names of the files that are reviews, or tables, in a folder; by default all that can be. */
  files?: readonly string[] | undefined;
  /** Refuses a single bad row; by default up to 1 % of them are left out. */
  strict?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/**
 * Tables or folders of classes for the splits, one or several for each, where `*`, `?`, `[...]`, `{a,b}` and `**` stand for
 * what there is; without `valid` or `test` a part of the training reviews is held out.
 */
export interface DataFiles {
  readonly train: string | readonly string[];
  readonly valid?: string | readonly string[] | undefined;
  readonly test?: string | readonly string[] | undefined;
}

/** Reviews that have been found but not read yet. */
export interface Source {
  readonly kind: 'archive' | 'folder' | 'sample' | 'classes-folder' | 'rows' | TableFormat;
  /** The name for messages: a path, `sample`, or `rows` of a program. */
  readonly location: string;
  /** The hash of the file, of a folder's listing with sizes and times, of the sample's text, of rows or of several files' hashes. */
  readonly sha256: string;
  /** Holds what else the reviews depend on. */
  readonly variant?: object;
  /**
   * @param texts takes all texts; it must be empty
   * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); the reason of the signal
   */
  read(texts: CollectedTexts): Promise<CollectedReviews>;
}
