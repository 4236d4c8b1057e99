import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { writeSample } from '../../../src/data/sample/sample.js';
import { TimeSlices } from '../../../src/system/time_slices.js';
import type { EncodedTexts } from '../../../src/text/bag_writer.js';
import { notebookFeatures, type FeatureOptions } from '../../../src/text/features.js';
import { Featurizer } from '../../../src/text/featurizer.js';
import { NgramCounter } from '../../../src/text/ngrams/ngram_counter.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { tokenSpans } from '../../../src/text/tokens/tokenizer.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

const { tokenizer } = { tokenizer: 'words-and-punctuation' } as const;

interface Case {
  texts: readonly string[];
  counted: number;
  ngrams: number;
  minimumCount: number;
  vocabularySize?: number | null;
  hasUnknown?: boolean;
  /** Where the parts that are encoded one by one end. */
  ends?: readonly number[];
}

/** What the counter finds: the features, and each text's with how often it has them. */
async function count({
  texts,
  counted,
  ngrams,
  minimumCount,
  vocabularySize = null,
  hasUnknown = false,
  ends = [texts.length],
}: Case): Promise<{ names: readonly string[]; bags: Map<string, number>[] }> {
  const tokens = new TokenLists(tokenizer, { room: 16 });
  const rows = Int32Array.from(texts, (text) => tokens.add(Buffer.from(text)));
  const options = { counted, minimumCount, ngrams, vocabularySize, hasUnknown };
  const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
  const ranges = ends.map((end, index) => ({ start: ends[index - 1] ?? 0, end }));
  const encoded = await counter.makeBags(ranges, true);
  return { names: counter.features, bags: encoded.flatMap((texts) => bagsOf(texts, counter.features)) };
}

function bagsOf({ ids, offsets, counts }: EncodedTexts, names: readonly string[]): Map<string, number>[] {
  return Array.from(offsets.subarray(1), (end, text) => {
    const start = offsets[text] ?? 0;
    return new Map(Array.from(ids.subarray(start, end), (id, i) => [names[id] ?? '', counts?.[start + i] ?? 1]));
  });
}

/** Counts the slow way: strings in maps, every n-gram looked at. */
function countSlowly({ texts, counted, ngrams, minimumCount }: Case): Map<string, number>[] {
  const all = texts.map((text) => {
    const words = tokenSpans(text, tokenizer).map(({ token }) => token);
    const ngramsOfText = new Map<string, number>();
    for (let length = 1; length <= ngrams; length += 1) {
      for (let i = 0; i + length <= words.length; i += 1) {
        const ngram = words.slice(i, i + length).join(' ');
        ngramsOfText.set(ngram, (ngramsOfText.get(ngram) ?? 0) + 1);
      }
    }
    return ngramsOfText;
  });
  const having = new Map<string, number>();
  for (const bag of all.slice(0, counted)) {
    for (const ngram of bag.keys()) having.set(ngram, (having.get(ngram) ?? 0) + 1);
  }
  return all.map((bag) => new Map([...bag].filter(([ngram]) => (having.get(ngram) ?? 0) >= minimumCount)));
}

/** The features in their order, by its definition. */
function orderSlowly({ texts, counted, ngrams, minimumCount, vocabularySize }: Case): string[] {
  const bags = countSlowly({ texts, counted, ngrams, minimumCount }).slice(0, counted);
  const totals = new Map<string, number>();
  for (const bag of bags) for (const [ngram, often] of bag) totals.set(ngram, (totals.get(ngram) ?? 0) + often);
  // Of each length those that begin with the same shorter n-gram together, and each as it first appears.
  const appearing = texts.slice(0, counted).flatMap((text) => {
    const words = tokenSpans(text, tokenizer).map(({ token }) => token);
    return words.map((_, i) => words.slice(i, i + ngrams));
  });
  let [shorter, found]: [string[], string[]] = [[''], []];
  for (let length = 1; length <= ngrams; length += 1) {
    const longEnough = appearing.filter((words) => words.length >= length).map((words) => words.slice(0, length));
    shorter = shorter.flatMap((prefix) => [
      ...new Set(
        longEnough
          .filter((words) => words.slice(0, -1).join(' ') === prefix)
          .map((words) => words.join(' '))
          .filter((ngram) => totals.has(ngram)),
      ),
    ]);
    found = [...found, ...shorter];
  }
  found.sort((one, other) => (totals.get(other) ?? 0) - (totals.get(one) ?? 0));
  return found.slice(0, vocabularySize ?? found.length);
}

/** Texts of a few words, so that long n-grams are frequent, too. */
function randomTexts(seed: number): string[] {
  const random = new PythonRandom(seed);
  const below = (limit: number): number => random.below(limit);
  return Array.from({ length: 1 + below(12) }, () =>
    Array.from({ length: below(15) }, () => 'abcdefgh'[below(1 + below(8))]).join(' '),
  );
}

test('when texts are random then features, their order and what the texts have are those of the definition', async () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const texts = randomTexts(seed);
    const counted = Math.ceil((texts.length * (1 + (seed % 3))) / 3);
    const given = { texts, counted, ngrams: 1 + (seed % 6), minimumCount: 1 + (seed % 4) };
    const limited = { ...given, vocabularySize: seed % 5 === 0 ? 1 + (seed % 20) : null };
    const half = texts.length >> 1;
    const { names, bags } = await count({ ...limited, ends: [half, half, texts.length] });

    expect(names).toEqual(orderSlowly(limited));
    const known = new Set(names);
    const expected = countSlowly(given).map((bag) => new Map([...bag].filter(([ngram]) => known.has(ngram))));
    expect(bags).toEqual(expected);
  }
});

test('when unknown tokens count then each that is no feature is one, in n-grams of any length', async () => {
  const texts = ['a b a b', 'a b c d', ''];
  const given = { texts, counted: 3, ngrams: 2, minimumCount: 2, hasUnknown: true };
  const { names, bags } = await count(given);

  expect(names).toEqual(['<UNK>', 'a', 'b', 'a b']);
  expect(bags.map((bag) => bag.get('<UNK>'))).toEqual([undefined, 2, undefined]);
  expect((await count({ ...given, vocabularySize: 2 })).bags[0]).toEqual(
    new Map([
      ['<UNK>', 2],
      ['a', 2],
    ]),
  );
});

const reviews = [...writeSample()].map(({ text }) => text);
const someReviews = reviews.filter((_, index) => index % 10 === 0);

test('when n-grams are counted then features and counts are those of counting strings', async () => {
  for (const [ngrams, minimumCount] of [
    [1, 1],
    [2, 1],
    [3, 3],
    [4, 2],
  ] as const) {
    const given = { texts: someReviews, counted: 300, ngrams, minimumCount };
    const expected = countSlowly(given);
    const { names, bags } = await count(given);

    expect(bags).toEqual(expected);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names)).toEqual(new Set(expected.slice(0, 300).flatMap((bag) => [...bag.keys()])));
  }
});

test('when features are limited then the most frequent ones stay, shorter ones before equally frequent longer ones', async () => {
  const texts = ['b a b a', 'c b a', 'c d', ''];
  const given = { texts, counted: 4, ngrams: 3, minimumCount: 1 };

  // b 3, a 3, c 2, d 1, "b a" 3, then the pairs and triples that come once.
  expect((await count({ ...given, vocabularySize: 5 })).names).toEqual(['b', 'a', 'b a', 'c', 'd']);
  expect((await count(given)).names.slice(5)).toEqual(['a b', 'c b', 'c d', 'b a b', 'a b a', 'c b a']);
  expect((await count({ ...given, vocabularySize: 4 })).bags[1]).toEqual(
    new Map([
      ['b', 1],
      ['a', 1],
      ['b a', 1],
      ['c', 1],
    ]),
  );
});

test('when texts are not counted then they bring no features but have those of the others', async () => {
  const { names, bags } = await count({ texts: ['x y', 'z x y z'], counted: 1, ngrams: 2, minimumCount: 1 });

  expect(names).toEqual(['x', 'y', 'x y']);
  expect(bags[1]).toEqual(
    new Map([
      ['x', 1],
      ['y', 1],
      ['x y', 1],
    ]),
  );
});

test('when a featurizer gets the features of a vocabulary then it encodes as the counter did', async () => {
  const texts = someReviews;
  const { names, bags } = await count({ texts, counted: texts.length, ngrams: 3, minimumCount: 3 });
  const options: FeatureOptions = { ...notebookFeatures, tokenizer, ngrams: 3, counts: 'counts' };
  const featurizer = new Featurizer({ options, vocabulary: Vocabulary.of(names), weights: null });

  expect(bagsOf(featurizer.encodeBatch(texts), names)).toEqual(bags);
});

test('when a vocabulary has n-grams without what is inside them then they are found all the same', () => {
  const options: FeatureOptions = { ...notebookFeatures, tokenizer, ngrams: 4 };
  const features = ['not at all', 'b', 'a b c d', 'b c'];
  const featurizer = new Featurizer({ options, vocabulary: Vocabulary.of(features), weights: null });

  const found = (text: string): string[] => Array.from(featurizer.encode(text).ids, (id) => features[id] ?? '');
  expect(found('Not at all: a b c d')).toEqual(features);
  expect(found('not at. all a b c, d')).toEqual(['b', 'b c']);
  const repeated = new Featurizer({ options, vocabulary: Vocabulary.of(['a b', 'c', 'a b']), weights: null });
  expect(() => repeated.encode('c')).toThrow(expect.objectContaining({ code: 'ERR_RUN' }));
});
