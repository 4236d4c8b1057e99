import { instance } from '../arguments.js';
import { setImmediate } from 'node:timers/promises';
import { Bags, Classifier, type Evaluation } from '../model/native.js';
import { readNumbers } from '../model/parameters.js';
import { checkEvaluation, examplesPerSlice, meanOf, type EvaluateOptions, type Metrics } from './evaluation.js';

/** Evaluates all bags, giving way to the event loop between slices. */
export async function evaluateModel(classifier: Classifier, bags: Bags, options: EvaluateOptions): Promise<Metrics> {
  instance(Classifier)(classifier, 'classifier');
  instance(Bags)(bags, 'bags');
  checkEvaluation(options, 'options');
  const { loss, signal } = options;
  const slices: Evaluation[] = [];
  for (let start = 0; start < bags.length; start += examplesPerSlice) {
    signal?.throwIfAborted();
    const end = Math.min(start + examplesPerSlice, bags.length);
    slices.push(classifier.evaluate(bags, { loss, start, end }));
    await setImmediate();
  }
  signal?.throwIfAborted();
  return meanOf(slices);
}

/** `[bags, classes]`, row-major: the logits of all bags. */
export function readLogits(classifier: Classifier, bags: Bags): Float64Array {
  instance(Classifier)(classifier, 'classifier');
  instance(Bags)(bags, 'bags');
  const logits = classifier.forward(bags);
  try {
    return readNumbers(logits);
  } finally {
    logits.dispose();
  }
}
