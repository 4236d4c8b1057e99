import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { TimeSlices } from '../../../src/system/time_slices.js';
import { notebookFeatures } from '../../../src/text/features.js';
import { Featurizer } from '../../../src/text/featurizer.js';
import type * as Counter from '../../../src/text/ngrams/ngram_counter.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

// The second thread runs what `npm run build` has compiled.
const compiled = new URL('../../../dist/text/ngrams/ngram_counter.js', import.meta.url).href;
const { NgramCounter } = (await import(compiled)) as typeof Counter;

/** The n-grams that a text of single characters has: those of three letters in any case. */
function ngramsOf(text: string, ngrams: number): string[] {
  const tokens = text.split(' ');
  const found: string[] = [];
  for (let length = 1; length <= Math.max(ngrams, 3); length += 1) {
    for (let i = 0; i + length <= tokens.length; i += 1) {
      const some = tokens.slice(i, i + length);
      if (length <= ngrams || some.every((token) => '好不看'.includes(token))) found.push(some.join(' '));
    }
  }
  return found;
}

test.each([false, true])(
  'when letters are tokens then n-grams of three of them are features, in one thread or two (%p)',
  async (isThreaded) => {
    for (let seed = 0; seed < (isThreaded ? 6 : 100); seed += 1) {
      const random = new PythonRandom(seed);
      const texts = Array.from({ length: 8 }, () =>
        Array.from({ length: 1 + random.below(12) }, () => 'ab好不看!'[random.below(6)] ?? '').join(' '),
      );
      const [ngrams, minimumCount] = [1 + (seed % 5), 1 + (seed % 3)];
      const tokens = new TokenLists('unicode', { room: 1 << 10 });
      const rows = Int32Array.from(texts, (text) => tokens.add(Buffer.from(text)));
      const options = { counted: 8, minimumCount, ngrams, vocabularySize: null, hasUnknown: false, isThreaded };
      const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
      try {
        const all = texts.map((text) => new Set(ngramsOf(text, ngrams)));
        const isKept = (ngram: string): boolean => all.filter((some) => some.has(ngram)).length >= minimumCount;
        const kept = all.map((some) => [...some].filter(isKept).sort());
        expect([...counter.features].sort()).toEqual([...new Set(kept.flat())].sort());

        const [bags] = await counter.makeBags([{ start: 0, end: 8 }], true);
        const vocabulary = Vocabulary.of(counter.features);
        const namesOf = (ids: Iterable<number>): string[] => Array.from(ids, (id) => vocabulary.word(id)).sort();
        const found = texts.map((_, k) => namesOf(bags?.ids.slice(bags.offsets[k], bags.offsets[k + 1]) ?? []));
        expect(found).toEqual(kept);
        const features = { ...notebookFeatures, tokenizer: 'unicode', ngrams, vocabularySize: null } as const;
        const featurizer = new Featurizer({ options: features, vocabulary, weights: null });
        expect(texts.map((text) => namesOf(featurizer.encode(text).ids))).toEqual(kept);
      } finally {
        await counter.stop();
      }
    }
  },
);
