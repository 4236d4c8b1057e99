import { expect, test } from '@jest/globals';
import { checkFeatures, notebookFeatures } from '../../src/text/features.js';

test('when an option is out of range then it is refused by name', () => {
  const bad = [
    [{ ngrams: 0 }, /n-grams/],
    [{ ngrams: 17 }, /n-grams/],
    [{ minimumCount: 1.5 }, /minimum count/],
    [{ vocabularySize: 1 }, /vocabulary size/],
    [{ gain: 0 }, /gain/],
    [{ gain: Infinity }, /gain/],
  ] as const;
  for (const [change, message] of bad) {
    expect(() => {
      checkFeatures({ ...notebookFeatures, ...change });
    }).toThrow(expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) as unknown }));
  }
  expect(() => {
    checkFeatures({ ...notebookFeatures, vocabularySize: null });
  }).not.toThrow();
});
