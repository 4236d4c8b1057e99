import { ImdbTorchError } from '../errors.js';
import { TokenLists } from '../text/tokens/token_lists.js';
import { CollectedTexts } from './collected_texts.js';
import type { Dataset, DatasetOptions } from './dataset.js';
import { textDigest } from './numbers/text_digest.js';
import { findSource } from './source.js';

/** What is kept of the texts of a source, by their numbers. */
export interface TextsRead {
  /** `[texts]`: a digest of each, by which equal ones are found. */
  readonly digests: readonly number[];
  /** The texts that were wanted, and those that come again with the first of each kind. */
  readonly texts: ReadonlyMap<number, string>;
}

/**
 * Reads the texts of a data set once more, of which encoding keeps features only.
 * @param wanted the numbers of texts to keep, see `EncodedSplit.texts`
 * @throws ImdbTorchError ERR_DATASET when the source has changed since; what `readDataset` throws
 */
export async function readTexts(
  options: DatasetOptions,
  { source }: Pick<Dataset, 'source'>,
  wanted: ReadonlySet<number>,
): Promise<TextsRead> {
  const found = await findSource(options.data, options);
  if (found.sha256 !== source.sha256) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected ${source.location} as it was a moment ago but it has changed meanwhile; start again.`,
    );
  }
  const texts = new WantedTexts(wanted);
  await found.read(texts);
  return texts;
}

/** Takes the place of a collection of tokens. */
class WantedTexts extends CollectedTexts implements TextsRead {
  readonly digests: number[] = [];
  readonly texts = new Map<number, string>();
  readonly #known = new Set<number>();

  constructor(readonly wanted: ReadonlySet<number>) {
    super(new TokenLists('notebook', { room: 1 }));
  }

  override add(text: Uint8Array): number {
    const number = this.digests.length;
    const digest = textDigest(text);
    if (this.wanted.has(number) || this.#known.has(digest)) this.texts.set(number, Buffer.from(text).toString('utf8'));
    this.#known.add(digest);
    this.digests.push(digest);
    return number;
  }
}
