import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ImdbTorchError, type ErrorCode } from '../errors.js';
import { PortableRun } from '../model/portable_run.js';
import type { RunClassifier } from '../model/run_classifier.js';
import type { SharedClassifier } from '../model/shared_classifier.js';
import type { SharedPortable } from '../model/shared_portable.js';
import { threadFile } from '../setup/package_root.js';
import type { AdapterName } from './documents.js';
import { firstText, servedRun, type RunClassifiers, type ServedModel, type ServedRunOptions } from './served_model.js';

export interface OpeningTask {
  readonly path: string;
  readonly options: ServedRunOptions;
}

/** A classifier of a run for this thread. */
type SharedRun = SharedClassifier | SharedPortable;

export type OpeningResult =
  ({ kind: 'opened' } & RunClassifiers<SharedRun>) | { kind: 'error'; code: ErrorCode; message: string };

const workerFile = new URL('./opening_worker.js', import.meta.url);

/**
 * Does what `openRun` does in another thread, which shares its memory with this one: requests are answered meanwhile as
 * at any other time.
 * @throws what TextClassifier.open throws
 */
export async function openRunBeside(path: string, options: ServedRunOptions): Promise<ServedModel> {
  const task: OpeningTask = { path, options };
  const result = await resultOf(new Worker(threadFile(workerFile), { workerData: task }));
  if (result.kind === 'error') throw new ImdbTorchError(result.code, result.message);
  return serveShared(result);
}

/** Returns what a thread sends before it ends. @throws ERR_FAILED when it ends without that; what it throws itself */
export async function resultOf(worker: Worker): Promise<OpeningResult> {
  let result: OpeningResult | undefined;
  worker.once('message', (message: OpeningResult) => (result = message));
  const [code] = (await once(worker, 'exit')) as [number];
  if (result !== undefined) return result;
  throw new ImdbTorchError('ERR_FAILED', `The thread that opens the model ended with code ${code}; try again.`);
}

/** Serves what another thread has opened. When that fails nothing of it stays. */
export async function serveShared(opened: RunClassifiers<SharedRun>): Promise<ServedModel> {
  const classifiers = new Map<AdapterName, RunClassifier>();
  try {
    for (const [adapter, shared] of opened.classifiers) {
      // What is served already is to be answered in between.
      await setImmediate();
      const classifier = await fromShared(shared);
      classifiers.set(adapter, classifier);
      classifier.predict([firstText]);
    }
    return servedRun({ ...opened, classifiers });
  } catch (error) {
    for (const classifier of classifiers.values()) classifier.dispose();
    throw error;
  }
}

async function fromShared(shared: SharedRun): Promise<RunClassifier> {
  if ('layers' in shared) return PortableRun.fromShared(shared);
  const { TextClassifier } = await import('../model/text_classifier.js');
  return TextClassifier.fromShared(shared);
}
