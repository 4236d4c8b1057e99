import type { BaseClassifier, Prediction } from '../portable/base_classifier.js';
import type { Slices } from './work_queue.js';

/** The most text that is classified at once, which takes some milliseconds. */
const charactersPerSlice = 1 << 15;
const textsPerSlice = 64;

/** Returns the predictions in the order of the texts, and gives way every few milliseconds. */
export function* predictInSlices(classifier: BaseClassifier, texts: readonly string[]): Slices<Prediction[]> {
  const predictions: Prediction[] = [];
  let start = 0;
  while (start < texts.length) {
    if (start > 0) yield;
    let end = start;
    let characters = 0;
    while (end < texts.length && end - start < textsPerSlice && characters < charactersPerSlice) {
      characters += texts[end]?.length ?? 0;
      end += 1;
    }
    predictions.push(...classifier.predict(texts.slice(start, end)));
    start = end;
  }
  return predictions;
}
