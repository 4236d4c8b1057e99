import { expect, test } from '@jest/globals';
import { writeSample } from '../../src/data/sample/sample.js';
import { notebookFeatures } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { tokenize } from '../../src/text/tokens/tokenizer.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

const features = ['<UNK>', 'good', 'film', 'naïve', 'not'];
const featurizer = new Featurizer({
  options: notebookFeatures,
  vocabulary: Vocabulary.of(features),
  weights: null,
});

/** What the notebook does: the set of ids, ascending, unknown words as 0. */
function expectedIds(text: string, words: readonly string[]): number[] {
  const idOf = new Map(words.map((word, id) => [word, id]));
  return [...new Set(tokenize(text).map((word) => idOf.get(word) ?? 0))].sort((one, other) => one - other);
}

test('when a text is encoded then its known words have their ids once and unknown words share 0', () => {
  const text = 'Not a NAÏVE film: not good, not film-like.';
  const encoded = featurizer.encode(text);

  expect(Array.from(encoded.ids)).toEqual([0, 1, 2, 3, 4]);
  expect(encoded.counts).toBeNull();
  expect(featurizer.encode(Buffer.from(text)).ids).toEqual(encoded.ids);
  expect(Array.from(featurizer.encode(' ...').ids)).toEqual([]);
});

test('when many texts are encoded then each has the ids it has alone', () => {
  const texts = [...writeSample()].map(({ text }) => text);
  const words = ['<UNK>', ...new Set(texts.slice(0, 50).flatMap(tokenize))];
  const many = new Featurizer({ options: notebookFeatures, vocabulary: Vocabulary.of(words), weights: null });
  const { ids, offsets } = many.encodeBatch(texts);

  const found = texts.map((_, row) => Array.from(ids.subarray(offsets[row], offsets[row + 1])));
  expect(found).toEqual(texts.map((text) => expectedIds(text, words)));
});

test('when more unknown words came than are remembered then known words are still known', () => {
  for (let round = 0; round < 4; round += 1) {
    const unknown = Array.from({ length: 50_000 }, (_, k) => `w${round}x${k}`).join(' ');
    expect(Array.from(featurizer.encode(`${unknown} good not`).ids)).toEqual([0, 1, 4]);
  }
});

test('when bytes are not UTF-8 then only they are lost', () => {
  expect(Array.from(featurizer.encode(Buffer.from('good \xff film', 'latin1')).ids)).toEqual([1, 2]);
});

test('when tokens are asked for their places then the text there gives them', () => {
  const text = "It isn't GOOD, 𝐀nd… ‘naïve’";
  const spans = featurizer.tokenSpans(text);

  expect(spans.map(({ token }) => token)).toEqual(['it', 'isnt', 'good', '𝐀nd', 'naïve']);
  expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(['It', "isn't", 'GOOD', '𝐀nd', 'naïve']);
});

test('when texts are encoded in slices then they have what they have at once, and progress is told', async () => {
  const sample = [...writeSample()].map(({ text }) => text);
  const texts = [...sample, ...sample];
  const words = ['<UNK>', ...new Set(sample.slice(0, 50).flatMap(tokenize))];
  const options = { ...notebookFeatures, counts: 'counts', normalize: true } as const;
  const many = new Featurizer({ options, vocabulary: Vocabulary.of(words), weights: null });
  const done: number[] = [];
  const encoded = await many.encodeInSlices(texts, { onProgress: (progress) => done.push(progress.done) });

  expect(encoded).toEqual(many.encodeBatch(texts));
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  expect(done.length).toBeGreaterThan(1);
  expect(done.at(-1)).toBe(texts.length);
});

test('when it is aborted between slices then encoding ends with the reason', async () => {
  const texts = [...writeSample()].map(({ text }) => text);
  const controller = new AbortController();
  const reason = new Error('no longer wanted');
  const encoding = featurizer.encodeInSlices([...texts, ...texts], {
    signal: controller.signal,
    onProgress: () => {
      controller.abort(reason);
    },
  });

  await expect(encoding).rejects.toBe(reason);
  await expect(featurizer.encodeInSlices(['good'], { signal: controller.signal })).rejects.toBe(reason);
});
