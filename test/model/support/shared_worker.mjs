// Predicts with the classifier that another thread shares, twice: before and after that thread has disposed of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { TextClassifier } from '../../../dist/index.js';

const { shared, texts } = workerData;
using(TextClassifier.fromShared(shared));

/** @param {TextClassifier} classifier */
function using(classifier) {
  const answer = () =>
    parentPort?.postMessage({ logits: classifier.logits(texts), predictions: classifier.predict(texts) });
  answer();
  parentPort?.once('message', () => {
    answer();
    classifier.dispose();
  });
}
