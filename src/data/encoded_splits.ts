import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bagsOfWords } from '../text/bag_of_words.js';
import { mostFrequentWords, unknownWord, vocabularyIds } from '../text/vocabulary.js';
import {
  splitNames,
  type CollectedReviews,
  type CollectedSplit,
  type SourceNotes,
  type SplitName,
} from './collected_reviews.js';
import type { Origins } from './origins.js';
import type { SourceOptions } from './source.js';
import { splitOrders, type SplitOptions } from './split_orders.js';

/** Reviews as bags of words: review `r` has the ids from `offsets[r]` to `offsets[r + 1]`, ascending, each once. */
export interface EncodedSplit {
  readonly ids: Int32Array;
  /** `[reviews + 1]` */
  readonly offsets: Int32Array;
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
  readonly origins: Origins;
}

/** The first 100 characters of a review. */
export interface Preview {
  readonly text: string;
  readonly label: number;
}

export interface EncodedSplits {
  /** `words[0]` is `<UNK>`; the SHA-256 is that of the words joined by line feeds, in UTF-8. */
  readonly vocabulary: { readonly words: readonly string[]; readonly sha256: string };
  readonly splits: Readonly<Record<SplitName, EncodedSplit>>;
  /** The first and the last three reviews of each split. */
  readonly previews: Readonly<Record<SplitName, { first: Preview[]; last: Preview[] }>>;
  readonly notes: SourceNotes;
}

/** At each end of a split. */
const shownPreviews = 3;

export interface EncodeOptions extends SourceOptions, SplitOptions {
  /** At most so many words, `<UNK>` included. */
  vocabularySize: number;
}

/**
 * Splits the collected reviews, takes the vocabulary of the training split and encodes all three.
 * @throws ImdbTorchError ERR_DATASET when a split or class is missing, ERR_USAGE when nothing would be left to train
 *   on; the reason of `signal`
 */
export async function encodeSplits(
  collected: CollectedReviews,
  options: EncodeOptions,
): Promise<EncodedSplits> {
  const orders = splitOrders(collected, options);
  const { tokens, notes } = collected;
  const wordCount = tokens.words.size;
  const limit = options.vocabularySize - 1;
  const frequent = mostFrequentWords(tokens, orders.train.rows, wordCount, limit);
  const words = [unknownWord, ...Array.from(frequent, (word) => tokens.words.word(word))];
  const idOfWord = vocabularyIds(frequent, wordCount);

  const total = splitNames.reduce((sum, name) => sum + orders[name].rows.length, 0);
  let done = 0;
  const encode = async (name: SplitName): Promise<EncodedSplit> => {
    await nextTurn();
    options.signal?.throwIfAborted();
    const { rows, labels, origins } = orders[name];
    const bags = bagsOfWords(tokens, rows, idOfWord, words.length);
    done += rows.length;
    options.onProgress?.({ stage: 'encode', done, total, unit: 'reviews' });
    return { ...bags, labels, origins };
  };
  return {
    vocabulary: { words, sha256: createHash('sha256').update(words.join('\n')).digest('hex') },
    splits: { train: await encode('train'), valid: await encode('valid'), test: await encode('test') },
    previews: {
      train: previewsOf(collected, orders.train),
      valid: previewsOf(collected, orders.valid),
      test: previewsOf(collected, orders.test),
    },
    notes,
  };
}

function previewsOf(
  { previews }: CollectedReviews,
  { rows, labels }: CollectedSplit,
): { first: Preview[]; last: Preview[] } {
  const kept: number[] = [];
  rows.forEach((row, index) => {
    if (row < previews.length) kept.push(index);
  });
  const shown = (part: readonly number[]): Preview[] =>
    part.map((index) => ({ text: previews.text(rows[index] ?? 0), label: labels[index] ?? 0 }));
  return { first: shown(kept.slice(0, shownPreviews)), last: shown(kept.slice(-shownPreviews)) };
}
