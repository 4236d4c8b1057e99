/**
 * `npm run test:large`: writes a CSV file of 2 GB, reviews as long as those of IMDb from the grammar of the sample, trains
 * on it, and says how much memory and how many seconds that took; more than 1.5 GB fail. It takes minutes and the space
 * of the file. An argument asks for another number of gigabytes.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeHome } from '../bench/ours.mjs';
import { measureProcess } from '../bench/process.mjs';
import { cli, mustRun, prepare } from './project.mjs';

const mostMegabytes = 1500;
const gigabytes = Number(process.argv[2] ?? 2);
/** This many reviews of the sample make one of about 1,350 bytes, as many as a review of IMDb has. */
const parts = 3;

await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
const { PythonRandom } = await import('../dist/data/numbers/python_random.js');
const { writeSample } = await import('../dist/data/sample/sample.js');
const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-large-'));
// The encoded 2 GB would only take room in the user's cache.
const home = makeHome();
process.once('exit', () => {
  for (const path of [folder, home]) rmSync(path, { recursive: true });
});

const path = join(folder, 'reviews.csv');
console.error(`Writing ${gigabytes} GB of reviews…`);
await pipeline(csvPieces(gigabytes * 1e9), createWriteStream(path));
console.error('Training…');
const args = ['train', '--data', path, '--epochs', '1', '--out', join(folder, 'run'), '--json', '--quiet'];
const { output, seconds, peakMegabytes } = measureProcess(process.execPath, [cli, ...args], {
  env: { ...process.env, IMDB_TORCH_HOME: home },
});
const { data, test, seconds: steps } = JSON.parse(output);
const reviews = data.train + data.valid + data.test;
console.log(`${reviews} reviews, ${gigabytes} GB: ${Math.round(peakMegabytes)} MB at most, ${seconds.toFixed(0)} s`);
console.log(`of that ${steps.data.toFixed(0)} s for the data; test accuracy ${test.accuracy.toFixed(4)}`);
if (peakMegabytes > mostMegabytes) {
  console.error(`Expected at most ${mostMegabytes} MB.`);
  process.exitCode = 1;
}

/** @param {number} bytes */
function* csvPieces(bytes) {
  const random = new PythonRandom(1);
  const texts = [[], []];
  for (const { file, text } of writeSample()) texts[file.label].push(text.replaceAll('"', '""'));
  yield 'review,sentiment\n';
  for (let written = 0; written < bytes;) {
    let piece = '';
    while (piece.length < 1 << 20) {
      const label = random.below(2);
      const chosen = Array.from({ length: parts }, () => texts[label][random.below(texts[label].length)]);
      piece += `"${chosen.join(' ')}",${label === 1 ? 'positive' : 'negative'}\n`;
    }
    written += Buffer.byteLength(piece);
    yield piece;
  }
}
