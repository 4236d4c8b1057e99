/** Reading, counting and encoding give the event loop its turns, so that a server goes on serving. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { readDataset } from '../../src/data/dataset.js';
import { writeSample } from '../../src/data/sample/sample.js';
import { notebookFeatures } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { tokenize } from '../../src/text/tokens/tokenizer.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

/** How often the event loop turns while `work` goes on, by a clock for which every look at it ends a slice. */
async function countTurns(work: () => Promise<unknown>): Promise<number> {
  let time = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => (time += 1000));
  let [running, turns] = [true, 0];
  const watching = (async () => {
    for (; running; turns += 1) await nextTurn();
  })();
  try {
    await work();
  } finally {
    clock.mockRestore();
    running = false;
  }
  await watching;
  return turns;
}

const sample = [...writeSample()].map(({ text }) => text);

test('when a data set is written, read and encoded then it gives way after each review, every time', async () => {
  const options = { data: 'sample', vocab: 20_000, seed: 1, valid: 400, cacheFolder: null };
  const turns = await countTurns(() => readDataset(options));
  // Written, read, encoded, and most of them counted.
  expect(turns).toBeGreaterThan(3.5 * sample.length);
});

test('when many texts are encoded then it gives way after each of them, every time', async () => {
  const features = [...new Set(['<UNK>', ...sample.slice(0, 1000).flatMap(tokenize)])];
  const featurizer = new Featurizer({
    options: notebookFeatures,
    vocabulary: Vocabulary.of(features),
    weights: null,
  });
  // Once when its words are found, once when it is encoded.
  expect(await countTurns(() => featurizer.encodeInSlices(sample))).toBeGreaterThan(2 * sample.length);
});

test('when the index of features is made then it gives way all the time, and nothing is left to be made', async () => {
  const words = Array.from({ length: 20_000 }, (_, k) => `w${k}`);
  const pairs = words.slice(1).map((word, k) => `${words[k] ?? ''} ${word}`);
  const vocabulary = Vocabulary.of([...words, ...pairs]);
  const options = { ...notebookFeatures, tokenizer: 'words-and-punctuation', ngrams: 2 } as const;
  const [ready, unready] = [0, 1].map(() => new Featurizer({ options, vocabulary, weights: null }));
  expect(await countTurns(async () => ready?.prepare())).toBeGreaterThan(vocabulary.size / 1000);
  expect(await countTurns(async () => ready?.prepare())).toBeLessThan(2);
  expect(ready?.encode('w7 w8 w9 x w8')).toEqual(unready?.encode('w7 w8 w9 x w8'));
  expect(Array.from(ready?.encode('w7 w8 w9 x w8').ids ?? [])).toEqual([7, 8, 9, 20_007, 20_008]);
});
