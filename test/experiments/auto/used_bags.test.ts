import { expect, test } from '@jest/globals';
import { keepBags, withBags } from '../../../src/experiments/auto/used_bags.js';
import type { Bags } from '../../../src/model/native.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

const options = {
  ...{ tokenizer: 'unicode', ngrams: 1, minimumCount: 1, vocabularySize: null, counts: 'binary' },
  ...{ weighting: 'none', normalize: false, gain: 1 },
} as const;
const weighting = { options, vocabulary: Vocabulary.of(['a', 'b']), weights: null };
const texts = { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 1, 2), counts: null, labels: Int32Array.of(0, 1) };

test('when what is done with bags fails then they are freed, and else they are kept as long as is asked for', () => {
  const kept = keepBags(texts, weighting, ({ entries }, labels) => entries + labels.length);
  expect([kept.result, kept.bags.entries]).toEqual([4, 2]);
  kept.bags.dispose();
  for (const use of [keepBags, withBags]) {
    const seen: Bags[] = [];
    const fail = (bags: Bags): never => {
      seen.push(bags);
      throw new Error('no metric');
    };
    expect(() => use(texts, weighting, fail)).toThrow('no metric');
    expect(() => seen[0]?.entries).toThrow(/dispose/);
  }
});
