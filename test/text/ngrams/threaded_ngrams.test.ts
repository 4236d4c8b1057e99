/** The counter with its second thread, which runs what `npm run build` has compiled. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { TimeSlices } from '../../../src/system/time_slices.js';
import type { EncodedTexts } from '../../../src/text/bag_writer.js';
import type * as Counter from '../../../src/text/ngrams/ngram_counter.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';

const compiled = new URL('../../../dist/text/ngrams/ngram_counter.js', import.meta.url).href;
const { NgramCounter } = (await import(compiled)) as typeof Counter;

const script = fileURLToPath(new URL('./support/aborted_count.mjs', import.meta.url));

const options: Counter.CounterOptions = {
  counted: 0,
  minimumCount: 2,
  ngrams: 3,
  vocabularySize: null,
  hasUnknown: false,
  isThreaded: true,
};

function tokensOf(texts: readonly string[]): { tokens: TokenLists; rows: Int32Array } {
  const tokens = new TokenLists('words-and-punctuation');
  return { tokens, rows: Int32Array.from(texts, (text) => tokens.add(Buffer.from(text))) };
}

/** Of two parts of the texts. */
async function count(
  texts: readonly string[],
  given: Counter.CounterOptions,
): Promise<{ features: readonly string[]; encoded: readonly EncodedTexts[] }> {
  const { tokens, rows } = tokensOf(texts);
  const counter = await NgramCounter.count(tokens, rows, given, new TimeSlices());
  try {
    const middle = rows.length >> 1;
    const ranges = [
      { start: 0, end: middle },
      { start: middle, end: rows.length },
    ];
    return { features: counter.features, encoded: await counter.makeBags(ranges, true) };
  } finally {
    await counter.stop();
  }
}

test('when a second thread helps then features and encoded texts are the same, whatever the texts', async () => {
  for (let seed = 0; seed < 24; seed += 1) {
    const random = new PythonRandom(seed);
    const texts = Array.from({ length: seed * 3 }, () =>
      Array.from({ length: random.below(20) }, () => 'abcdefghij'[random.below(1 + random.below(10))]).join(' '),
    );
    const counted = Math.ceil(0.7 * texts.length);
    const vocabularySize = seed % 4 === 0 ? 5 : null;
    const given = { ...options, counted, ngrams: 2 + (seed % 4), vocabularySize, hasUnknown: seed % 2 === 0 };

    expect(await count(texts, given)).toEqual(await count(texts, { ...given, isThreaded: false }));
  }
});

test.each([
  ['has counted', 'counted', 'done'],
  ['is aborted while it finds n-grams', 'finding', 'stop'],
  ['is aborted while it encodes', 'encoding', 'stop'],
  ['fails in its second thread', 'failed', expect.stringContaining('Invalid typed array length')],
])('when it %s then it says so and the process ends, since no thread is left', (_, way, outcome) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, way], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ outcome, isAtOnce: true });
});
