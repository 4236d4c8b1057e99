// @ts-check
// npm run bench -- serve [--data ARCHIVE] [--requests N]: sends single-review requests to `imdb-torch serve` from a load
// generator on the same machine, prints the figures and puts them into bench/RESULTS.md.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { cli, root } from '../scripts/project.mjs';
import { dataOption, findArchive } from './reviews.mjs';
import { replaceSection } from './sections.mjs';
import { withTrainedRun } from './trained_run.mjs';

const connections = 20;
/** The models, and the requests a second that are to be reached, which is 4 times what `fast` reached before its index was ready. */
const models = /** @type {const} */ ({
  notebook: { options: ['--epochs', '1'], goal: 3000 },
  fast: { options: ['--preset', 'fast'], goal: 3836 },
});
/** The number of different reviews that are sent, over and over. */
const differentReviews = 250;
/** The time of the load under which the model is read anew again and again. */
const reloadSeconds = 10;

/** @typedef {{ perSecond: number, p50: number, p99: number, early: number, late: number }} LoadFigures */
/**
 * Of the time with reloads and of the time without: the slowest request, and the longest time in which the event loop
 * took no turn, which says what a reload does to requests on a machine that does other work, too.
 * @typedef {{ slowest: number, stall: number }} Delays
 * @typedef {{ reloads: number, failed: number, during: Delays, without: Delays }} ReloadFigures
 */
/** @typedef {{ requests: number, of: Record<keyof typeof models, LoadFigures & ReloadFigures> }} ServiceFigures */

/**
 * @param {{ archive: string, requests: number, log: (line: string) => void }} options
 * @returns {Promise<ServiceFigures>}
 */
export async function serviceFigures({ archive, requests, log }) {
  /** @param {keyof typeof models} name */
  const measure = (name) => {
    log(`Training a model to serve: ${name} ...`);
    return withTrainedRun(
      archive,
      ({ run, texts }) => {
        const every = Math.floor(texts.length / differentReviews);
        return load({ run, texts: texts.filter((_, k) => k % every === 0), requests, log });
      },
      models[name].options,
    );
  };
  return { requests, of: { notebook: await measure('notebook'), fast: await measure('fast') } };
}

/**
 * @param {{ run: string, texts: string[], requests: number, log: (line: string) => void }} options
 * @returns {Promise<LoadFigures & ReloadFigures>}
 */
async function load({ run, texts, requests, log }) {
  const service = spawn(process.execPath, [cli, 'serve', run, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(service, 'exit');
  try {
    const { url } = JSON.parse(await firstDocument(service.stdout));
    const headers = { 'content-type': 'application/json' };
    const questions = texts.map((text) => ({ path: '/predict', body: JSON.stringify({ text }) }));
    /** @param {{ amount: number } | { duration: number }} size */
    const fire = async (size) =>
      autocannon({ url, method: 'POST', headers, connections, requests: questions, ...size });
    const warmUp = Math.round(requests / 10);
    log(`Sending ${warmUp} requests to warm up, then ${requests} ...`);
    await fire({ amount: warmUp });
    const early = residentMegabytes(service.pid);
    const { latency, duration, ...rest } = await fire({ amount: requests });
    if (failuresOf(rest) > 0) throw new Error('Expected every request to be answered.');
    const late = residentMegabytes(service.pid);
    log(`Reading the model anew for ${reloadSeconds} s of such requests ...`);
    await longestStall(url);
    const calm = await fire({ duration: reloadSeconds });
    const without = { slowest: calm.latency.max, stall: await longestStall(url) };
    const load = fire({ duration: reloadSeconds });
    const reloads = await reloadUntil(service, load);
    const loaded = await load;
    const during = { slowest: loaded.latency.max, stall: await longestStall(url) };
    return {
      ...{ perSecond: requests / duration, p50: latency.p50, p99: latency.p99, early, late, reloads },
      ...{ failed: failuresOf(loaded), during, without },
    };
  } finally {
    service.kill();
    // One that hangs is not to keep the benchmark from saying so.
    const timer = setTimeout(() => service.kill('SIGKILL'), 60_000);
    await ended;
    clearTimeout(timer);
  }
}

/**
 * Returns the longest time in which the event loop of the service took no turn since this was last asked, in milliseconds.
 * @param {string} url
 */
async function longestStall(url) {
  const text = await (await fetch(`${url}metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1]) * 1000;
}

/** @param {Pick<import('autocannon').Result, 'errors' | 'non2xx' | 'timeouts'>} result */
function failuresOf({ errors, non2xx, timeouts }) {
  return errors + non2xx + timeouts;
}

/**
 * Has the service read its model anew, one time after the other, until `end`.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} service
 * @param {Promise<unknown>} end
 * @returns {Promise<number>} how many times
 */
async function reloadUntil(service, end) {
  let [reloads, isOver] = [0, false];
  /** @param {Buffer} text */
  const again = (text) => {
    if (!text.includes(' anew')) return;
    if (text.includes('Cannot read')) throw new Error(`Expected the model to be read anew but: ${text}`);
    reloads += 1;
    if (!isOver) service.kill('SIGHUP');
  };
  service.stderr.on('data', again);
  service.kill('SIGHUP');
  await end;
  isOver = true;
  if (service.exitCode !== null) throw new Error(`The service ended with code ${service.exitCode}.`);
  return reloads;
}

/** @param {import('node:stream').Readable} stream */
async function firstDocument(stream) {
  let text = '';
  while (!text.endsWith('}\n')) text += String((await once(stream, 'data'))[0]);
  return text;
}

/** @param {number | undefined} pid */
function residentMegabytes(pid) {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

const title = '## Serving';

/** @param {ServiceFigures} figures */
export function describeService({ requests, of }) {
  const count = requests.toLocaleString('en');
  const names = /** @type {(keyof typeof models)[]} */ (Object.keys(models));
  /** @type {[string, (name: keyof typeof models) => string][]} */
  const rows = [
    ['requests a second', (name) => `${Math.round(of[name].perSecond)} (${models[name].goal})`],
    ['latency, 50th percentile (ms)', (name) => String(of[name].p50)],
    ['latency, 99th percentile (ms)', (name) => String(of[name].p99)],
    ['memory after warming up, in the end (MB)', (name) => `${of[name].early.toFixed(0)}, ${of[name].late.toFixed(0)}`],
    ['models read anew under load, requests that failed', (name) => `${of[name].reloads}, ${of[name].failed} (0)`],
    ['slowest request meanwhile, and without (ms)', (name) => delays(of[name], 'slowest')],
    ['longest time without a turn of the event loop meanwhile, and without (ms)', (name) => delays(of[name], 'stall')],
  ];
  return `${title}

\`serve RUN\`, asked by autocannon on the same cores over ${connections} connections: a review of the test split a request,
${count} requests after ${Math.round(requests / 10).toLocaleString('en')} to warm up. Then ${reloadSeconds} s of such requests while
the model is read anew again and again, and ${reloadSeconds} s without: where the machine does other work, both have that in them.
Goals in brackets.

| | ${names.join(' | ')} |
|---|---|---|
${rows.map(([what, cell]) => `| ${what} | ${names.map(cell).join(' | ')} |`).join('\n')}
`;
}

/**
 * @param {ReloadFigures} figures
 * @param {keyof Delays} delay
 */
function delays({ during, without }, delay) {
  return `${during[delay].toFixed(0)} (100), ${without[delay].toFixed(0)}`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      data: dataOption,
      requests: { type: 'string', default: '200000' },
    },
  });
  const archive = findArchive(values.data);
  const requests = Number(values.requests);
  const section = describeService(await serviceFigures({ archive, requests, log: (line) => console.error(line) }));
  console.log(section);
  const path = join(root, 'bench/RESULTS.md');
  writeFileSync(path, replaceSection(readFileSync(path, 'utf8'), title, section));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
