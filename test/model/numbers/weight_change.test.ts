import { expect, test } from '@jest/globals';
import { summarizeWeightChange } from '../../../src/model/numbers/weight_change.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

function matrix(rows: number[][]): StoredTensor {
  return {
    dtype: 'float32',
    shape: [rows.length, rows[0]?.length ?? 0],
    data: Float32Array.from(rows.flat()),
  };
}

test('when a weight changes then rows, columns and the whole have the norms of the change', () => {
  const change = matrix([
    [3, 0, 4, 0],
    [0, 0, 0, 12],
  ]);
  const weight = matrix([
    [1, 2, 6, 0],
    [0, 0, 8, 4],
  ]);
  expect(summarizeWeightChange(change, weight, Vocabulary.of(['<UNK>', 'a', 'good', 'bad']), 3)).toEqual({
    norm: 13,
    weightNorm: 11,
    units: [5, 12],
    words: [
      { word: 'bad', norm: 12, weightNorm: 4 },
      { word: 'good', norm: 4, weightNorm: 10 },
      { word: '<UNK>', norm: 3, weightNorm: 1 },
    ],
  });
});
