import { expect, test } from '@jest/globals';
import { epochsToFineTune, fineTuningEpochs, pretrainingEpochs } from '../../src/experiments/epochs_by_steps.js';

type Counted = Parameters<typeof fineTuningEpochs>[0];

function counted(reviews: number, kind: string | null, changes: object = {}): Counted {
  const labels = new Int32Array(reviews);
  const dataset = { splits: { train: { labels } }, ...(kind !== null && { source: { kind } }) };
  const options = { batch: 128, pretraining: 'notebook', loraEpochs: 2, fixed: [], ...changes };
  return { dataset, options } as unknown as Counted;
}

test('when reviews are few then the epochs take the steps of those on the reviews of IMDb, and are never fewer', () => {
  expect([20_000, 50_000, 1600, 100].map((reviews) => epochsToFineTune(reviews, 128, 2))).toEqual([2, 2, 25, 64]);
  expect(epochsToFineTune(1600, 16, 2)).toBe(4);
  expect(pretrainingEpochs(counted(100, 'csv'), 100)).toBe(157);
});

test('when the data are one’s own and nothing is named then epochs are counted in steps, else as the options say', () => {
  expect([fineTuningEpochs(counted(1600, 'csv')), pretrainingEpochs(counted(1600, 'csv'), 1600)]).toEqual([25, 13]);
  for (const kind of ['archive', 'folder', 'sample', null]) {
    expect([fineTuningEpochs(counted(1600, kind)), pretrainingEpochs(counted(1600, kind), 1600)]).toEqual([2, 1]);
  }
  expect(fineTuningEpochs(counted(1600, 'csv', { fixed: ['loraEpochs'], loraEpochs: 3 }))).toBe(3);
  const notebook = counted(1600, 'csv', { pretraining: 'same', loraEpochs: 10 });
  expect([fineTuningEpochs(notebook), pretrainingEpochs(notebook, 1600)]).toEqual([10, 1]);
});
