// Runs in a thread of its own; see EncodingThread.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ImdbTorchError } from '../../errors.js';
import { readFeaturizer } from '../../storage/read_run.js';
import { encodeLines, type EncodedLines } from './encoded_lines.js';
import type { EncodingMessage, EncodingTask } from './encoding_thread.js';
import { joinLines, readTextLines, sizeOf } from './text_lines.js';

/** Of texts, ids and values: enough for all that is encoded while libtorch loads. */
const mostBytesWaiting = 1 << 25;

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const port = parentPort;
/** What the main thread has not used yet, in order. */
const waiting: { kind: 'lines' | 'texts'; bytes: number }[] = [];
let mainThreadIsReady = false;
let wake = (): void => undefined;
port.on('message', noteUse);

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
    if (mainThreadIsIdle()) await hand({ kind: 'texts', texts, bytes: sizeOf(texts) });
    else for (const lines of encodeLines(featurizer, texts)) await handEncoded(lines);
  }
}

/** Whether the main thread will soon have nothing to do but wait for this one. */
function mainThreadIsIdle(): boolean {
  // What it has said while this thread was busy.
  while (receiveMessageOnPort(port) !== undefined) noteUse();
  return mainThreadIsReady && waiting.length <= 1 && waiting[0]?.kind !== 'texts';
}

function noteUse(): void {
  mainThreadIsReady = true;
  waiting.shift();
  wake();
}

function handEncoded(lines: EncodedLines): Promise<void> {
  const { ids, offsets, values } = lines.encoded;
  const buffers = [ids, offsets, values ?? new Float32Array(0)].map(({ buffer }) => buffer as ArrayBuffer);
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return hand({ kind: 'lines', lines, bytes }, buffers);
}

/** Waits while too much has not been used. */
async function hand(
  message: EncodingMessage & (typeof waiting)[number],
  transfer: ArrayBuffer[] = [],
): Promise<void> {
  waiting.push({ kind: message.kind, bytes: message.bytes });
  say(message, transfer);
  while (waiting.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytesWaiting)
    await new Promise<void>((resolve) => (wake = resolve));
}

function say(message: EncodingMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
