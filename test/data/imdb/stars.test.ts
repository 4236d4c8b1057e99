import { expect, test } from '@jest/globals';
import { fileOrigins, rowOrigins } from '../../../src/data/origins.js';
import { starsOf } from '../../../src/data/imdb/stars.js';

const labels = new Int32Array(3);

test('when file names have stars then they are read', () => {
  const origins = fileOrigins(['train/pos/7_9.txt', 'train/neg/12499_1.txt', 'test/pos/0_10.txt']);
  expect([...starsOf({ labels, origins }, 'imdb')]).toEqual([9, 1, 10]);
});

test.each(['train/pos/7.txt', 'train/pos/7_0.txt', 'train/pos/7_11.txt', 'train/pos/7_9.txt.txt'])(
  'when a file is named %s then there are no stars, and that is said',
  (name) => {
    const origins = fileOrigins(['train/pos/7_9.txt', name, 'test/pos/0_10.txt']);
    expect(() => starsOf({ labels, origins }, 'reviews')).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining(name) as unknown }),
    );
  },
);

test('when reviews are rows of a table then there are no stars', () => {
  const origins = rowOrigins([{ name: 'reviews.csv', unit: 'line', start: 0 }], Int32Array.of(2, 3, 4));
  expect(() => starsOf({ labels, origins }, 'reviews.csv')).toThrow('reviews.csv line 2');
});
