import { expect, test } from '@jest/globals';
import { sampleReviews } from '../../src/data/sample.js';
import { TimeSlices } from '../../src/system/time_slices.js';
import type { EncodedTexts } from '../../src/text/bag_writer.js';
import { notebookFeatures, type FeatureOptions } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { NgramCounter } from '../../src/text/ngram_counter.js';
import { TokenLists } from '../../src/text/token_lists.js';
import { tokenSpans } from '../../src/text/tokenizer.js';

const { tokenizer } = { tokenizer: 'words-and-punctuation' } as const;

interface Case {
  texts: readonly string[];
  counted: number;
  ngrams: number;
  minimumCount: number;
  vocabularySize?: number;
}

/** What the counter finds: the features, and each text's with how often it has them. */
async function count({ texts, counted, ngrams, minimumCount, vocabularySize }: Case): Promise<{
  names: readonly string[];
  bags: Map<string, number>[];
}> {
  const tokens = new TokenLists(tokenizer, { room: 16 });
  const rows = Int32Array.from(texts, (text) => tokens.add(Buffer.from(text)));
  const options = { counted, minimumCount, ngrams };
  const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
  const features = counter.features(vocabularySize ?? null, false);
  const encoded = await counter.encode(features, { start: 0, end: texts.length }, true);
  return { names: features.names, bags: bagsOf(encoded, features.names) };
}

function bagsOf({ ids, offsets, counts }: EncodedTexts, names: readonly string[]): Map<string, number>[] {
  return Array.from(offsets.subarray(1), (end, text) => {
    const start = offsets[text] ?? 0;
    return new Map(
      Array.from(ids.subarray(start, end), (id, i) => [names[id] ?? '', counts?.[start + i] ?? 1]),
    );
  });
}

/** The slow way: strings in maps, every run looked at. */
function countSlowly({ texts, counted, ngrams, minimumCount }: Case): Map<string, number>[] {
  const all = texts.map((text) => {
    const words = tokenSpans(text, tokenizer).map(({ token }) => token);
    const runs = new Map<string, number>();
    for (let length = 1; length <= ngrams; length += 1) {
      for (let i = 0; i + length <= words.length; i += 1) {
        const run = words.slice(i, i + length).join(' ');
        runs.set(run, (runs.get(run) ?? 0) + 1);
      }
    }
    return runs;
  });
  const having = new Map<string, number>();
  for (const runs of all.slice(0, counted)) {
    for (const run of runs.keys()) having.set(run, (having.get(run) ?? 0) + 1);
  }
  return all.map((runs) => new Map([...runs].filter(([run]) => (having.get(run) ?? 0) >= minimumCount)));
}

const reviews = sampleReviews().map(({ text }) => text);
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
    expect(new Set(names)).toEqual(new Set(expected.slice(0, 300).flatMap((runs) => [...runs.keys()])));
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
  const { ids, offsets, values } = new Featurizer({ options, features: names, weights: null }).encodeAll(
    texts,
  );
  const counts = Int32Array.from(values ?? []);

  expect(bagsOf({ ids, offsets, counts }, names)).toEqual(bags);
});

test('when a vocabulary has runs without what is inside them then they are found all the same', () => {
  const options: FeatureOptions = { ...notebookFeatures, tokenizer, ngrams: 4 };
  const features = ['not at all', 'b', 'a b c d', 'b c'];
  const featurizer = new Featurizer({ options, features, weights: null });

  const found = (text: string): string[] =>
    Array.from(featurizer.encode(text).ids, (id) => features[id] ?? '');
  expect(found('Not at all: a b c d')).toEqual(features);
  expect(found('not at. all a b c, d')).toEqual(['b', 'b c']);
  const repeated = new Featurizer({ options, features: ['a b', 'c', 'a b'], weights: null });
  expect(() => repeated.encode('c')).toThrow(expect.objectContaining({ code: 'ERR_RUN' }));
});
