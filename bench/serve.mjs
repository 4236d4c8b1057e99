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

const connections = 64;
const goal = 3000;
/** The number of different reviews that are sent, over and over. */
const differentReviews = 250;

/** @typedef {{ requests: number, perSecond: number, p50: number, p99: number, megabytes: { early: number, late: number } }} ServiceFigures */

/**
 * @param {{ archive: string, requests: number, log: (line: string) => void }} options
 * @returns {Promise<ServiceFigures>}
 */
export async function serviceFigures({ archive, requests, log }) {
  log('Training a model to serve ...');
  return withTrainedRun(archive, ({ run, texts }) => {
    const every = Math.floor(texts.length / differentReviews);
    return load({ run, texts: texts.filter((_, k) => k % every === 0), requests, log });
  });
}

/**
 * @param {{ run: string, texts: string[], requests: number, log: (line: string) => void }} options
 * @returns {Promise<ServiceFigures>}
 */
async function load({ run, texts, requests, log }) {
  const service = spawn(process.execPath, [cli, 'serve', run, '--port', '0', '--json', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(service, 'exit');
  try {
    const { url } = JSON.parse(await firstDocument(service.stdout));
    const headers = { 'content-type': 'application/json' };
    const questions = texts.map((text) => ({ path: '/predict', body: JSON.stringify({ text }) }));
    /** @param {number} amount */
    const fire = async (amount) => {
      const result = await autocannon({
        url,
        method: 'POST',
        headers,
        connections,
        amount,
        requests: questions,
      });
      if (result.errors > 0 || result.non2xx > 0) throw new Error('Expected every request to be answered.');
      return result;
    };
    const warmUp = Math.round(requests / 10);
    log(`Sending ${warmUp} requests to warm up, then ${requests} ...`);
    await fire(warmUp);
    const early = residentMegabytes(service.pid);
    const { latency, duration } = await fire(requests);
    const late = residentMegabytes(service.pid);
    return {
      requests,
      perSecond: requests / duration,
      p50: latency.p50,
      p99: latency.p99,
      megabytes: { early, late },
    };
  } finally {
    service.kill();
    await ended;
  }
}

/** @param {import('node:stream').Readable} stream */
async function firstDocument(stream) {
  let text = '';
  for await (const part of stream) {
    text += part;
    if (text.endsWith('}\n')) break;
  }
  return text;
}

/** @param {number | undefined} pid */
function residentMegabytes(pid) {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

const title = '## Serving';

/** @param {ServiceFigures} figures */
export function describeService({ requests, perSecond, p50, p99, megabytes }) {
  const count = requests.toLocaleString('en');
  return `${title}

\`serve RUN\`, asked by autocannon on the same cores over ${connections} connections: a review of the test split a request,
${count} requests after ${Math.round(requests / 10).toLocaleString('en')} to warm up.

| | |
|---|---|
| requests a second | ${Math.round(perSecond)} (${goal}) |
| latency, 50th percentile (ms) | ${p50} |
| latency, 99th percentile (ms) | ${p99} |
| resident memory after warming up, in the end (MB) | ${megabytes.early.toFixed(0)}, ${megabytes.late.toFixed(0)} |
`;
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
