// Runs in a thread of its own; see ThreadedNgrams.
import { parentPort, workerData } from 'node:worker_threads';
import { TimeSlices } from '../../system/time_slices.js';
import { NgramCorpus, type GroupedTokens } from './ngram_corpus.js';
import { NgramsOfOrder, type NgramArrays } from './ngram_extender.js';
import type { NgramReply, NgramTask } from './threaded_ngrams.js';

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const port = parentPort;
const corpus = new NgramCorpus(workerData as GroupedTokens);
const slices = new TimeSlices();

port.on('message', (task: NgramTask) => {
  void answer(task);
});

async function answer(task: NgramTask): Promise<void> {
  if (task.kind === 'extend') {
    const found = Array.from({ length: task.orders }, () => new NgramsOfOrder());
    await corpus.extend(task.tokens, found, task.minimumCount, slices);
    const orders = found.map(arraysOf);
    reply({ kind: 'extended', orders }, orders.flatMap(Object.values<Int32Array>));
  } else if (task.kind === 'putIds') {
    await corpus.putIds(task.tokens, task.ids, slices);
    reply({ kind: 'done' }, []);
  } else {
    const encoded = await corpus.writeBags(task.ranges, task.options, slices);
    const arrays = encoded.flatMap(({ ids, offsets, counts }) => [ids, offsets, ...(counts ? [counts] : [])]);
    reply({ kind: 'bags', encoded }, arrays);
  }
}

function arraysOf({ prefix, lastToken, counts }: NgramsOfOrder): NgramArrays {
  return {
    prefix: Int32Array.from(prefix),
    lastToken: Int32Array.from(lastToken),
    counts: Int32Array.from(counts),
  };
}

function reply(message: NgramReply, arrays: readonly { readonly buffer: ArrayBufferLike }[]): void {
  port.postMessage(
    message,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
