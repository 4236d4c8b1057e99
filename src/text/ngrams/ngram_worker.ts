// Runs in a thread of its own; see ThreadedRuns.
import { parentPort, workerData } from 'node:worker_threads';
import { TimeSlices } from '../../system/time_slices.js';
import { LongerRuns, type SortedPlaces } from './ngram_corpus.js';
import { RunLevel } from './ngram_extender.js';
import type { FoundRuns, RunsReply, RunsTask } from './threaded_ngrams.js';

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const port = parentPort;
const runs = new LongerRuns(workerData as SortedPlaces);
const slices = new TimeSlices();

port.on('message', (task: RunsTask) => {
  void answer(task);
});

async function answer(task: RunsTask): Promise<void> {
  if (task.kind === 'find') {
    const levels = Array.from({ length: task.levels }, () => new RunLevel());
    await runs.find(task.words, levels, task.minimumCount, slices);
    const found = levels.map(foundRuns);
    reply({ kind: 'found', found }, found.flatMap(Object.values<Int32Array>));
  } else if (task.kind === 'putIds') {
    await runs.putIds(task.words, task.ids, slices);
    reply({ kind: 'done' }, []);
  } else {
    const encoded = await runs.encode(task.texts, task.options, slices);
    const arrays = encoded.flatMap(({ ids, offsets, counts }) => [ids, offsets, ...(counts ? [counts] : [])]);
    reply({ kind: 'encoded', encoded }, arrays);
  }
}

function foundRuns({ left, last, totals }: RunLevel): FoundRuns {
  return { left: Int32Array.from(left), last: Int32Array.from(last), totals: Int32Array.from(totals) };
}

function reply(message: RunsReply, arrays: readonly { readonly buffer: ArrayBufferLike }[]): void {
  port.postMessage(
    message,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
