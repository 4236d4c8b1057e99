// Runs in a thread of its own; see EncodingThread.
import { parentPort, workerData } from 'node:worker_threads';
import { ImdbTorchError } from '../errors.js';
import { readFeaturizer } from '../storage/read_run.js';
import { encodeLines, type EncodedLines } from './encoded_lines.js';
import type { EncodingMessage, EncodingTask } from './encoding_thread.js';
import { joinLines, readTextLines } from './text_lines.js';

/** Of ids and values: enough for all that is encoded while libtorch loads. */
const mostBytesWaiting = 1 << 25;

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const port = parentPort;
let waiting = 0;
let wake = (): void => undefined;
port.on('message', (used: number) => {
  waiting -= used;
  wake();
});

try {
  await encodeAll(workerData as EncodingTask);
  say({ kind: 'end' });
} catch (error) {
  if (!(error instanceof ImdbTorchError)) throw error;
  say({ kind: 'error', code: error.code, message: error.message });
}
port.close();

async function encodeAll({ run, file, textColumn }: EncodingTask): Promise<void> {
  const featurizer = await readFeaturizer(run);
  const { signal } = new AbortController();
  for await (const texts of joinLines(readTextLines(file, { textColumn, signal }))) {
    for (const lines of encodeLines(featurizer, texts)) await hand(lines);
  }
}

async function hand(lines: EncodedLines): Promise<void> {
  const { ids, offsets, values } = lines.encoded;
  const buffers = [ids, offsets, values ?? new Float32Array(0)].map(({ buffer }) => buffer as ArrayBuffer);
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  waiting += bytes;
  say({ kind: 'lines', lines, bytes }, buffers);
  while (waiting > mostBytesWaiting) await new Promise<void>((resolve) => (wake = resolve));
}

function say(message: EncodingMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
