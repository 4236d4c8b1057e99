// Runs in a thread of its own; see `openRunBeside`.
import { parentPort, workerData } from 'node:worker_threads';
import { ImdbTorchError, messageOf } from '../errors.js';
import type { OpeningTask, OpeningResult } from './opening_thread.js';
import { openClassifiers } from './served_model.js';

const { path, options } = workerData as OpeningTask;
const result: OpeningResult = await openClassifiers(path, options).then(
  ({ about, notes, classifiers }) => {
    const shared = new Map([...classifiers].map(([adapter, classifier]) => [adapter, classifier.share()]));
    for (const classifier of classifiers.values()) classifier.dispose();
    return { kind: 'opened', about, notes, classifiers: shared };
  },
  (error: unknown) => ({
    kind: 'error',
    code: error instanceof ImdbTorchError ? error.code : 'ERR_FAILED',
    message: messageOf(error),
  }),
);
parentPort?.postMessage(result);
