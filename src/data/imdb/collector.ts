import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import type { CollectedReviews, CollectedSplit, SourceNotes, SplitName } from '../collected_reviews.js';
import { isOfSystem } from '../files/file_kinds.js';
import { groupPaths } from '../files/not_looked_at.js';
import { MovieUrls } from './movies.js';
import type { CollectedTexts } from '../collected_texts.js';
import { fileOrigins } from '../origins.js';
import { AccountKeeper } from '../read_account.js';

/** The classes of the IMDb data; a label is an index into them. */
export const imdbClasses = ['neg', 'pos'] as const;
type ImdbSplit = 'train' | 'test';

/** What the path of a review says of it. */
export interface ReviewFile {
  readonly split: ImdbSplit;
  readonly label: number;
  readonly name: string;
}

interface Group {
  readonly names: string[];
  readonly rows: number[];
}

/**
 * Takes the reviews of a data set that is laid out as IMDb's, in any order, hands their texts on and
 * keeps the rest.
 */
export class ImdbCollector implements CollectedReviews {
  readonly urls: MovieUrls;
  readonly #account = new AccountKeeper();
  readonly #groups: Record<ImdbSplit, Group[]> = {
    train: imdbClasses.map(() => ({ names: [], rows: [] })),
    test: imdbClasses.map(() => ({ names: [], rows: [] })),
  };

  /** @param texts takes the texts of the reviews */
  constructor(
    readonly location: string,
    readonly texts: CollectedTexts,
  ) {
    this.urls = new MovieUrls(location);
  }

  get notes(): SourceNotes {
    return {
      classes: imdbClasses,
      badRows: this.#account.badRows,
      read: this.#account.account,
      textsSha256: null,
      guess: null,
      testHeldOut: false,
    };
  }

  /** Notes files and folders that are not read; those of the system go without saying. */
  skip(paths: readonly string[]): void {
    const others = paths.filter((path) => !isOfSystem(basename(path)));
    this.#account.doNotLookAt(groupPaths(others));
  }

  /** @throws ImdbTorchError ERR_DATASET when the text is not UTF-8 */
  add({ split, label, name }: ReviewFile, text: Uint8Array): void {
    if (!isUtf8(text)) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected the reviews of ${this.location} in UTF-8 but ${split}/${imdbClasses[label] ?? ''}/${name} is not; convert or remove it.`,
      );
    }
    const group = this.#groups[split][label];
    group?.names.push(name);
    group?.rows.push(this.texts.add(text));
    this.#account.used();
  }

  /**
   * Returns the reviews of a split: pos before neg, file names in byte order.
   * @throws ImdbTorchError ERR_DATASET when a class has no review or one of them twice
   */
  split(split: SplitName): CollectedSplit | null {
    if (split === 'valid') return null;
    const { rows, labels, paths } = this.#ordered(split);
    return { rows: Int32Array.from(rows), labels: Int32Array.from(labels), origins: fileOrigins(paths) };
  }

  get movies(): (() => Int32Array) | undefined {
    if (this.urls.isEmpty) return undefined;
    return () => this.urls.moviesOf(this.#ordered('train').paths);
  }

  #ordered(split: ImdbSplit): { rows: number[]; labels: number[]; paths: string[] } {
    const [rows, labels, paths]: [number[], number[], string[]] = [[], [], []];
    for (const label of [1, 0]) {
      const folder = `${split}/${imdbClasses[label] ?? ''}`;
      const group = this.#groups[split][label] ?? { names: [], rows: [] };
      for (const index of this.#orderOf(group, folder)) {
        rows.push(group.rows[index] ?? 0);
        labels.push(label);
        paths.push(`${folder}/${group.names[index] ?? ''}`);
      }
    }
    return { rows, labels, paths };
  }

  #orderOf({ names }: Group, folder: string): number[] {
    if (names.length === 0) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected reviews in train/pos, train/neg, test/pos and test/neg but ${this.location} has no ${folder}/*.txt; give a complete data set.`,
      );
    }
    const keys = names.map(inByteOrder);
    const indexOf = new Map(keys.map((key, index) => [key, index]));
    if (indexOf.size < keys.length) {
      const twice = names.find((name, index) => names.indexOf(name) !== index) ?? '';
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected each review once but ${this.location} has ${folder}/${twice} twice; remove one of them.`,
      );
    }
    return keys.sort().map((key) => indexOf.get(key) ?? 0);
  }
}

/** Makes of a name a string that JavaScript, which compares UTF-16 units, sorts as the name's UTF-8 bytes sort. */
function inByteOrder(name: string): string {
  return /^[\w.]*$/.test(name) ? name : Buffer.from(name).toString('latin1');
}

const reviewPath = /^(?:\.\/)?(?:[^/]+\/)?(train|test)\/(pos|neg)\/([^/.][^/]*\.txt)$/;

/** Returns null for what is no review (`train/unsup`, `README`, hidden files, ...). */
export function parseReviewPath(path: string): ReviewFile | null {
  const match = reviewPath.exec(path);
  if (match === null) return null;
  const [, split, className, name] = match;
  return { split: split as ImdbSplit, label: className === 'pos' ? 1 : 0, name: name ?? '' };
}
