import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ImdbTorchError } from '../errors.js';
import { bagsOfWords } from '../text/bag_of_words.js';
import { mostFrequentWords, unknownWord, vocabularyIds } from '../text/vocabulary.js';
import { PythonRandom } from './python_random.js';
import type { ReviewCollector } from './review_collector.js';
import type { SourceOptions } from './source.js';

export type SplitName = 'train' | 'valid' | 'test';
export const splitNames: readonly SplitName[] = ['train', 'valid', 'test'];

/** Reviews as bags of words: review `r` has the ids from `offsets[r]` to `offsets[r + 1]`, ascending, each once. */
export interface EncodedSplit {
  readonly ids: Int32Array;
  /** `[reviews + 1]` */
  readonly offsets: Int32Array;
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
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
}

export interface EncodeOptions extends SourceOptions {
  /** At most so many words, `<UNK>` included. */
  vocabularySize: number;
  /** Of the order of the training reviews. */
  seed: number;
  /** So many of the shuffled training reviews, the last ones, are held out. */
  validationSize: number;
}

/**
 * Splits the collected reviews, takes the vocabulary of the training split and encodes all three.
 * @throws ImdbTorchError ERR_DATASET when a split or class is missing, ERR_USAGE when nothing would be left to train
 *   on; the reason of `signal`
 */
export async function encodeSplits(
  collector: ReviewCollector,
  options: EncodeOptions,
): Promise<EncodedSplits> {
  const orders = splitOrders(collector, options);
  const { tokens } = collector;
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
    const { rows, labels } = orders[name];
    const bags = bagsOfWords(tokens, rows, idOfWord, words.length);
    done += rows.length;
    options.onProgress?.({ stage: 'encode', done, total, unit: 'reviews' });
    return { ...bags, labels };
  };
  return {
    vocabulary: { words, sha256: createHash('sha256').update(words.join('\n')).digest('hex') },
    splits: { train: await encode('train'), valid: await encode('valid'), test: await encode('test') },
    previews: {
      train: previewsOf(collector, orders.train),
      valid: previewsOf(collector, orders.valid),
      test: previewsOf(collector, orders.test),
    },
  };
}

interface Order {
  readonly rows: Int32Array;
  readonly labels: Int32Array;
}

/** The training reviews in the order of Python's `random.shuffle`, the last ones held out; the test reviews as read. */
function splitOrders(
  collector: ReviewCollector,
  { seed, validationSize }: EncodeOptions,
): Record<SplitName, Order> {
  const train = collector.ordered('train');
  const test = collector.ordered('test');
  const trainSize = train.rows.length - validationSize;
  if (trainSize < 1) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a validation size below the ${train.rows.length} training reviews of ${collector.location} but received ${validationSize}; hold out fewer.`,
    );
  }
  const order = Int32Array.from(train.rows, (_, index) => index);
  new PythonRandom(seed).shuffle(order);
  const rows = order.map((index) => train.rows[index] ?? 0);
  const labels = order.map((index) => train.labels[index] ?? 0);
  return {
    train: { rows: rows.slice(0, trainSize), labels: labels.slice(0, trainSize) },
    valid: { rows: rows.slice(trainSize), labels: labels.slice(trainSize) },
    test: { rows: Int32Array.from(test.rows), labels: Int32Array.from(test.labels) },
  };
}

function previewsOf(
  { previews }: ReviewCollector,
  { rows, labels }: Order,
): { first: Preview[]; last: Preview[] } {
  const all = Array.from(rows, (row, index) => ({ row, label: labels[index] ?? 0 }));
  const shown = (part: typeof all): Preview[] =>
    part.map(({ row, label }) => ({ text: previews.text(row), label }));
  return { first: shown(all.slice(0, 3)), last: shown(all.slice(-3)) };
}
