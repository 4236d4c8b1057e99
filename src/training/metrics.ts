import { aSignal, fields, instance, oneOf, optional } from '../arguments.js';
import { setImmediate } from 'node:timers/promises';
import { Bags, Classifier, type Evaluation, type LossForm } from '../model/native.js';
import { readNumbers } from '../model/parameters.js';

/** Mean loss of the examples, and the share of them whose label is predicted. */
export interface Metrics {
  loss: number;
  accuracy: number;
}

export interface EvaluateOptions {
  loss: LossForm;
  signal?: AbortSignal | undefined;
}

/** About 10 ms of work. Fixed, because the sum of the losses depends on where it is cut. */
/** Checks the options of evaluations. */
export const checkEvaluation = fields({ loss: oneOf('softmax', 'logits'), signal: optional(aSignal) });
const bagsPerSlice = 8192;

/** Evaluates all bags, giving way to the event loop between slices. */
export async function evaluateModel(classifier: Classifier, bags: Bags, options: EvaluateOptions): Promise<Metrics> {
  instance(Classifier)(classifier, 'classifier');
  instance(Bags)(bags, 'bags');
  checkEvaluation(options, 'options');
  const { loss, signal } = options;
  const slices: Evaluation[] = [];
  for (let start = 0; start < bags.length; start += bagsPerSlice) {
    signal?.throwIfAborted();
    const end = Math.min(start + bagsPerSlice, bags.length);
    slices.push(classifier.evaluate(bags, { loss, start, end }));
    await setImmediate();
  }
  signal?.throwIfAborted();
  return meanOf(slices);
}

/** The metrics of slices of a data set, added up in their order. */
export function meanOf(slices: readonly Evaluation[]): Metrics {
  let [lossSum, correct, count] = [0, 0, 0];
  for (const slice of slices) {
    lossSum += slice.lossSum;
    correct += slice.correct;
    count += slice.count;
  }
  return { loss: lossSum / count, accuracy: correct / count };
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
