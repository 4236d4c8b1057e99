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
