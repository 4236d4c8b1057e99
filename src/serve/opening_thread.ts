import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ImdbTorchError, type ErrorCode } from '../errors.js';
import { TextClassifier, type SharedClassifier } from '../model/text_classifier.js';
import { threadFile } from '../setup/package_root.js';
import type { AdapterName } from './documents.js';
import { servedRun, type RunClassifiers, type ServedModel, type ServedRunOptions } from './served_model.js';

export interface OpeningTask {
  readonly path: string;
  readonly options: ServedRunOptions;
}

export type OpeningResult =
  ({ kind: 'opened' } & RunClassifiers<SharedClassifier>) | { kind: 'error'; code: ErrorCode; message: string };

/** Has the code that computes be there for a first text. */
const firstText = 'A film.';

/**
 * Does what `openRun` does in another thread, which shares its memory with this one: requests are answered meanwhile as
 * at any other time.
 * @throws what TextClassifier.open throws
 */
export async function openRunBeside(path: string, options: ServedRunOptions): Promise<ServedModel> {
  const task: OpeningTask = { path, options };
  const worker = new Worker(threadFile(new URL('./opening_worker.js', import.meta.url)), { workerData: task });
  const [[result]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[OpeningResult], unknown];
  if (result.kind === 'error') throw new ImdbTorchError(result.code, result.message);
  const classifiers = new Map<AdapterName, TextClassifier>();
  for (const [adapter, shared] of result.classifiers) {
    await setImmediate();
    const classifier = TextClassifier.fromShared(shared);
    classifier.predict([firstText]);
    classifiers.set(adapter, classifier);
  }
  return servedRun({ ...result, classifiers });
}
