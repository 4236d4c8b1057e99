/** Reading, counting and encoding give the event loop its turns, so that a server goes on serving. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { loadDataset } from '../../src/data/dataset.js';
import { sampleReviews } from '../../src/data/sample.js';
import { notebookFeatures } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { tokenize } from '../../src/text/tokenizer.js';

/**
 * In ms of the processor's time, which other programs do not add to: ten slices, for the garbage collector, the compiler
 * and slow machines. In one piece each of the two below takes several times as long.
 */
const longestHold = 100;

/** The longest time between two turns of the event loop while `work` goes on. */
async function longestHoldOf(work: () => Promise<unknown>): Promise<number> {
  const state = { running: true };
  let longest = 0;
  const watching = (async () => {
    let before = process.cpuUsage();
    while (state.running) {
      await nextTurn();
      const { user, system } = process.cpuUsage(before);
      longest = Math.max(longest, (user + system) / 1000);
      before = process.cpuUsage();
    }
  })();
  await work();
  state.running = false;
  await watching;
  return longest;
}

test('when a data set is written, read and encoded then the event loop is never held for long', async () => {
  const options = { data: 'sample', vocabularySize: 20_000, seed: 1, validationSize: 400, cacheFolder: null };
  expect(await longestHoldOf(() => loadDataset(options))).toBeLessThan(longestHold);
});

test('when many texts are encoded then the event loop is never held for long', async () => {
  const sample = sampleReviews().map(({ text }) => text);
  const features = [...new Set(['<UNK>', ...sample.slice(0, 1000).flatMap(tokenize)])];
  const featurizer = new Featurizer({ options: notebookFeatures, features, weights: null });
  const texts = Array.from({ length: 6 }, () => sample).flat();
  expect(await longestHoldOf(() => featurizer.encodeTexts(texts))).toBeLessThan(longestHold);
});
