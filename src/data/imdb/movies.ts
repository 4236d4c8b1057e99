import { ImdbTorchError } from '../../errors.js';

/** Larger than any list of addresses of the IMDb data, which have 0.6 MB. */
export const maximumUrlsBytes = 1 << 24;

const urlsPath = /^(?:\.\/)?(?:[^/]+\/)?train\/urls_(pos|neg)\.txt$/;

/** Returns the class whose training reviews' addresses the file of this path lists; null for other files. */
export function urlsClassOf(path: string): string | null {
  return urlsPath.exec(path)?.[1] ?? null;
}

/** Knows the movie of each training review of the IMDb data: line k of `urls_pos.txt` is that of `pos/k_*.txt`. */
export class MovieUrls {
  readonly #lines = new Map<string, string[]>();

  constructor(readonly location: string) {}

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  add(className: string, text: Uint8Array): void {
    this.#lines.set(className, Buffer.from(text).toString('latin1').split('\n'));
  }

  /**
   * @param paths of training reviews, such as `train/pos/7_9.txt`
   * @returns `[paths]`: the number of the title that each is about
   * @throws ImdbTorchError ERR_DATASET when the lists of addresses lack a review
   */
  moviesOf(paths: readonly string[]): Int32Array {
    return Int32Array.from(paths, (path) => {
      const [, className = '', index = ''] = /^train\/([^/]+)\/(\d+)_[^/]*$/.exec(path) ?? [];
      const url = this.#lines.get(className)?.[Number(index === '' ? NaN : index)] ?? '';
      const title = /\/title\/tt(\d{1,9})(?:\/|$)/.exec(url)?.[1];
      if (title !== undefined) return Number(title);
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected train/urls_pos.txt and train/urls_neg.txt of ${this.location} to name the movie of ${path}, in the line of its number, but they do not; split at random.`,
      );
    });
  }
}

export function noMovies(location: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected the movies of the reviews, in train/urls_pos.txt and train/urls_neg.txt, to split by them, but ${location} has none; split at random, or name the column of a table that has them with the option groupColumn.`,
  );
}
