/** Predicts in four worker threads that share one model in memory. */
import { once } from 'node:events';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { TextClassifier, type Prediction, type SharedClassifier } from 'imdb-torch';

const texts = ['A small, perfect film.', 'What a waste.', 'Not bad at all!', 'Awful.'];

if (parentPort === null) {
  using classifier = await TextClassifier.open('runs/demo', { threads: 1 });
  const shared = classifier.share();
  const workers = texts.map(() => new Worker(new URL(import.meta.url), { workerData: shared }));
  const answers = workers.map((worker) => once(worker, 'message') as Promise<[Prediction]>);
  for (const [k, worker] of workers.entries()) worker.postMessage(texts[k]);
  for (const [{ label, probability }] of await Promise.all(answers)) {
    console.log(`${label} ${(100 * probability).toFixed(1)} %`);
  }
} else {
  using classifier = TextClassifier.fromShared(workerData as SharedClassifier);
  const [text] = (await once(parentPort, 'message')) as [string];
  parentPort.postMessage(classifier.predict([text])[0]);
}
