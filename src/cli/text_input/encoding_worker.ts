// Runs in a thread of its own; see EncodingThread.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ImdbTorchError } from '../../errors.js';
import { readFeaturizer } from '../../storage/read_run.js';
import { encodeLines, type EncodedLines } from './encoded_lines.js';
import type { EncodingTask, LineBatch, WorkerMessage } from './encoding_thread.js';
import { readTexts } from './read_texts.js';
import { joinLines, sizeOf } from './text_lines.js';

/** Holds all that is encoded while libtorch loads. */
const mostUnusedBytes = 1 << 25;

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const port = parentPort;
/** The batches that the main thread has not used yet, oldest first. */
const unused: Pick<LineBatch, 'kind' | 'bytes'>[] = [];
/** Whether the main thread has used a batch, and so has loaded its model. */
let mainThreadHasModel = false;
let onUse = (): void => undefined;
port.on('message', noteUse);

try {
  await sendLines(workerData as EncodingTask);
  post({ kind: 'end' });
} catch (error) {
  if (!(error instanceof ImdbTorchError)) throw error;
  post({ kind: 'error', code: error.code, message: error.message });
}
port.close();

async function sendLines({ run, ...source }: EncodingTask): Promise<void> {
  const featurizer = await readFeaturizer(run);
  // Nothing is aborted here: the main thread terminates this one.
  const onNote = (sentence: string): void => {
    post({ kind: 'note', sentence });
  };
  for await (const lines of joinLines(readTexts(source, { onNote }))) {
    if (mainThreadIsIdle()) await send({ kind: 'texts', lines, bytes: sizeOf(lines) });
    else for (const encoded of encodeLines(featurizer, lines)) await sendEncoded(encoded);
  }
}

/** Whether the main thread would soon wait for this one, and is not encoding texts already. */
function mainThreadIsIdle(): boolean {
  // What it has said while this thread was busy is still in the queue.
  while (receiveMessageOnPort(port) !== undefined) noteUse();
  return mainThreadHasModel && unused.length <= 1 && unused[0]?.kind !== 'texts';
}

function noteUse(): void {
  mainThreadHasModel = true;
  unused.shift();
  onUse();
}

function sendEncoded(lines: EncodedLines): Promise<void> {
  const { ids, offsets, counts } = lines.encoded;
  const buffers = [ids, offsets, ...(counts ? [counts] : [])].map(({ buffer }) => buffer as ArrayBuffer);
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return send({ kind: 'encoded', lines, bytes }, buffers);
}

/** Sends a batch, then waits while too much is unused. */
async function send(batch: LineBatch, transfer: ArrayBuffer[] = []): Promise<void> {
  unused.push({ kind: batch.kind, bytes: batch.bytes });
  post(batch, transfer);
  while (unused.reduce((sum, { bytes }) => sum + bytes, 0) > mostUnusedBytes)
    await new Promise<void>((resolve) => (onUse = resolve));
}

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
