// @ts-check
// npm run bench -- texts [--data ARCHIVE]: predicts reviews in this process, one a call and 64 a call, and shares the
// model with worker threads; prints the figures and puts them into bench/RESULTS.md.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { cli, root } from '../scripts/project.mjs';
import { measureProcess, median } from './process.mjs';
import { dataOption, findArchive, readReviews } from './reviews.mjs';
import { replaceSection } from './sections.mjs';

const characters = 1100;
const mostTexts = 3000;
const textsPerCall = 64;
const rounds = 5;
const goals = { perSecond: 7000, stallMilliseconds: 20, workerMegabytes: 40 };

/** @returns {Promise<typeof import('../dist/index.js')>} */
const library = () => import('../dist/index.js');

/**
 * @typedef {object} TextFigures
 * @property {number} openMilliseconds
 * @property {number} stallMilliseconds the longest time that the event loop did not turn while a run was opened
 * @property {number} firstMilliseconds the first text
 * @property {number} oneByOne texts a second, one a call
 * @property {number} together texts a second, 64 a call
 * @property {number[]} workerMegabytes what each worker adds to the memory of the process
 */

/**
 * @param {{ archive: string, log: (line: string) => void }} options
 * @returns {Promise<TextFigures>}
 */
async function textFigures({ archive, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    const run = join(folder, 'run');
    log('Training a model to predict with ...');
    const args = ['train', '--preset', 'fast', '--data', archive, '--no-report', '--quiet', '--out', run];
    measureProcess(process.execPath, [cli, ...args]);
    const reviews = (await readReviews(archive, 'test')).map((review) => review.toString().slice(0, characters));
    const texts = reviews.filter(({ length }) => length === characters).slice(0, mostTexts);
    return await measure(run, texts, log);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} run
 * @param {string[]} texts
 * @param {(line: string) => void} log
 * @returns {Promise<TextFigures>}
 */
async function measure(run, texts, log) {
  const { TextClassifier } = await library();
  log('Opening it ...');
  const stall = watchStalls();
  const before = performance.now();
  const classifier = await TextClassifier.open(run, { threads: 1 });
  const openMilliseconds = performance.now() - before;
  const stallMilliseconds = await stall();
  const firstMilliseconds = secondsOf(() => classifier.predict(texts.slice(0, 1))) * 1000;
  log(`Predicting ${texts.length} reviews, ${rounds} times in both ways ...`);
  /** @type {[number[], number[]]} */
  const [alone, together] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [size, rates] of /** @type {const} */ ([
      [1, alone],
      [textsPerCall, together],
    ])) {
      const seconds = secondsOf(() => {
        for (let k = 0; k < texts.length; k += size) classifier.predict(texts.slice(k, k + size));
      });
      rates.push(texts.length / seconds);
    }
  }
  log('Sharing it with four workers ...');
  const workerMegabytes = await shareWith(4, classifier, texts.slice(0, 500));
  return {
    openMilliseconds,
    stallMilliseconds,
    firstMilliseconds,
    oneByOne: median(alone),
    together: median(together),
    workerMegabytes,
  };
}

/** @param {() => void} task */
function secondsOf(task) {
  const before = performance.now();
  task();
  return (performance.now() - before) / 1000;
}

/** Notes from now on how long the event loop did not turn. @returns what stops and returns the longest time */
function watchStalls() {
  let [longest, last, watching] = [0, performance.now(), true];
  const turn = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  return async () => {
    watching = false;
    await new Promise((resolve) => void setImmediate(resolve));
    return longest;
  };
}

/**
 * Starts workers one after the other, each of which predicts with the shared classifier.
 * @param {number} count
 * @param {import('../dist/index.js').TextClassifier} classifier
 * @param {string[]} texts
 * @returns {Promise<number[]>} what each adds to the resident memory, in MB
 */
async function shareWith(count, classifier, texts) {
  const shared = classifier.share();
  /** @type {Worker[]} */
  const workers = [];
  const added = [];
  for (let k = 0; k < count; k += 1) {
    const before = process.memoryUsage.rss();
    const worker = new Worker(new URL(import.meta.url), { workerData: { shared, texts } });
    await once(worker, 'message');
    added.push((process.memoryUsage.rss() - before) / 2 ** 20);
    workers.push(worker);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return added;
}

/** Predicts in a worker with the classifier of the main thread, and stays until it is terminated. */
async function predictShared() {
  const { shared, texts } = workerData;
  const classifier = (await library()).TextClassifier.fromShared(shared);
  for (const text of texts) classifier.predict([text]);
  parentPort?.postMessage('done');
  parentPort?.on('message', () => classifier.dispose());
}

const title = '## Texts one by one';

/** @param {TextFigures} figures */
export function describeTexts(figures) {
  const { openMilliseconds, stallMilliseconds, firstMilliseconds, oneByOne, together, workerMegabytes } = figures;
  return `${title}

The model of \`train --preset fast\` in one process and one thread, test reviews cut to ${characters.toLocaleString('en')} characters; medians of
${rounds} rounds. Goals in brackets.

| | |
|---|---|
| texts a second, one a call | ${Math.round(oneByOne)} (${goals.perSecond}) |
| texts a second, ${textsPerCall} a call | ${Math.round(together)} |
| one a call / ${textsPerCall} a call | ${(oneByOne / together).toFixed(2)} |
| opening the run (ms) | ${openMilliseconds.toFixed(0)} |
| longest wait of the event loop meanwhile (ms) | ${stallMilliseconds.toFixed(0)} (${goals.stallMilliseconds}) |
| the first text (ms) | ${firstMilliseconds.toFixed(1)} |
| memory of each of four worker threads with the shared model (MB) | ${workerMegabytes.map((own) => own.toFixed(0)).join(', ')} (${goals.workerMegabytes}) |
`;
}

async function main() {
  const { values } = parseArgs({ options: { data: dataOption } });
  const archive = findArchive(values.data);
  const section = describeTexts(await textFigures({ archive, log: (line) => console.error(line) }));
  console.log(section);
  const path = join(root, 'bench/RESULTS.md');
  writeFileSync(path, replaceSection(readFileSync(path, 'utf8'), title, section));
}

if (!isMainThread) await predictShared();
else if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
