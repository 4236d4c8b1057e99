// Counts with a second thread, which must not keep the process alive. WAY says when it is given up.
// usage: node aborted_count.mjs counted|finding|encoding|failed
import { setTimeout as sleep } from 'node:timers/promises';
import { writeSample } from '../../../../dist/data/sample/sample.js';
import { TimeSlices } from '../../../../dist/system/time_slices.js';
import { NgramCounter } from '../../../../dist/text/ngrams/ngram_counter.js';
import { TokenLists } from '../../../../dist/text/tokens/token_lists.js';

const [, , way] = process.argv;
const tokens = new TokenLists('words-and-punctuation');
const rows = Int32Array.from(writeSample(), ({ text }) => tokens.add(Buffer.from(text)));
const options = {
  counted: rows.length,
  minimumCount: 2,
  ngrams: 3,
  vocabularySize: null,
  hasUnknown: false,
  isThreaded: true,
};
const controller = new AbortController();
const slices = new TimeSlices(controller.signal);
/** @type {Promise<unknown>} */
let working = NgramCounter.count(tokens, rows, options, slices);
if (way === 'finding') {
  controller.abort(new Error('stop'));
} else {
  const counter = /** @type {NgramCounter} */ (await working);
  const texts = [
    { start: 0, end: rows.length },
    // Not even an array has a length below 0.
    { start: way === 'failed' ? rows.length : 0, end: 0 },
  ];
  working = counter.makeBags(texts, false).finally(() => counter.stop());
  if (way === 'encoding') controller.abort(new Error('stop'));
}
const outcome = await working.then(
  () => 'done',
  (/** @type {Error} */ error) => error.message,
);
const begun = performance.now();
process.on('exit', () => {
  process.stdout.write(JSON.stringify({ outcome, isAtOnce: performance.now() - begun < 5000 }));
});
await sleep(0);
