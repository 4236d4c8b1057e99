// @ts-check
// node bench/ngrams.mjs ARCHIVE: counts the 1- to 3-grams that three or more of the training reviews have, and prints
// JSON. `ngramFigures` compares the package with scikit-learn.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { measureProcess, median } from './process.mjs';
import { findPython } from './python.mjs';
import { readReviews } from './reviews.mjs';

/**
 * @typedef {object} Counting
 * @property {number} seconds from texts in memory to a sparse matrix
 * @property {number} entries of the matrix
 * @property {string} sha256 of the sorted features
 * @property {string} [version]
 */

/**
 * @param {{ archive: string, runs: number, log: (line: string) => void }} options
 * @returns {{ seconds: number, peakMegabytes: number, peer: { seconds: number, peakMegabytes: number, version: string } | null }}
 */
export function ngramFigures({ archive, runs, log }) {
  log(`Counting n-grams ${runs} times ...`);
  /** @param {string} command @param {string} script */
  const count = (command, script) => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const { output, peakMegabytes } = measureProcess(command, [path, archive]);
    return { peakMegabytes, .../** @type {Counting} */ (JSON.parse(output)) };
  };
  const ours = Array.from({ length: runs }, () => count(process.execPath, 'ngrams.mjs'));
  const own = {
    seconds: median(ours.map(({ seconds }) => seconds)),
    peakMegabytes: Math.max(...ours.map(({ peakMegabytes }) => peakMegabytes)),
  };
  const python = findPython('sklearn');
  if (python === null) {
    log('No Python with scikit-learn: IMDB_TORCH_PYTHON names one.');
    return { ...own, peer: null };
  }
  log('Counting n-grams with scikit-learn (a minute) ...');
  const peer = count(python, 'ngrams.py');
  const [first] = ours;
  if (first?.sha256 !== peer.sha256 || first.entries !== peer.entries) {
    throw new Error('Expected the n-grams of scikit-learn but counted others.');
  }
  return { ...own, peer: { ...peer, version: peer.version ?? '' } };
}

/**
 * Returns a section of bench/RESULTS.md.
 * @param {ReturnType<typeof ngramFigures>} figures
 */
export function describeNgrams({ seconds, peakMegabytes, peer }) {
  const rows = [
    ['25,000 reviews to features (s)', seconds, peer?.seconds, ' (8x)'],
    ['peak memory of the whole process, texts included (MB)', peakMegabytes, peer?.peakMegabytes, ''],
  ].map(([what, own, other, goal]) => {
    const ratio = other === undefined ? '' : `${(Number(other) / Number(own)).toFixed(1)}x${goal}`;
    return `| ${what} | ${format(own)} | ${other === undefined ? 'not here' : format(other)} | ${ratio} |`;
  });
  return `## Counting n-grams

Texts of the training reviews in memory to a sparse matrix of the 583,746 1- to 3-grams that three or more of them have;
the features and the number of entries are checked to be the same. scikit-learn ${peer?.version ?? 'was not found'}:
\`CountVectorizer(ngram_range=(1, 3), min_df=3, binary=True, token_pattern=...)\`.

| | imdb-torch | scikit-learn | ratio |
|---|---|---|---|
${rows.join('\n')}
`;
}

/** @param {unknown} value */
function format(value) {
  return Number(value) >= 100 ? Number(value).toFixed(0) : Number(value).toPrecision(3);
}

/** @param {string} archive */
async function countOnce(archive) {
  const { NgramCounter } = await import('../dist/text/ngrams/ngram_counter.js');
  const { TimeSlices } = await import('../dist/system/time_slices.js');
  const { TokenLists } = await import('../dist/text/tokens/token_lists.js');
  const texts = await readReviews(archive, 'train');
  const started = performance.now();
  const tokens = new TokenLists('words-and-punctuation');
  const rows = Int32Array.from(texts, (text) => tokens.add(text));
  const selection = { vocabularySize: null, hasUnknown: false };
  const options = { ...selection, counted: rows.length, minimumCount: 3, ngrams: 3 };
  const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
  const [encoded] = await counter.makeBags([{ start: 0, end: rows.length }], false);
  await counter.stop();
  const seconds = (performance.now() - started) / 1000;
  // Python sorts by code point, which is the order of the UTF-8 bytes.
  const names = counter.features.map((name) => Buffer.from(name)).sort((one, other) => Buffer.compare(one, other));
  const sha256 = createHash('sha256').update(names.join('\n')).digest('hex');
  process.stdout.write(JSON.stringify({ seconds, entries: encoded?.ids.length, sha256 }));
}

const [, script, archive] = process.argv;
if (script === fileURLToPath(import.meta.url) && archive !== undefined) await countOnce(archive);
