import { aSignal, fields, oneOf, optional } from '../arguments.js';
import type { LossForm } from '../model/native.js';
import type { LossSums } from '../portable/numbers/loss.js';

/** Mean loss of the examples, and the share of them whose label is predicted. */
export interface Metrics {
  loss: number;
  accuracy: number;
}

export interface EvaluateOptions {
  loss: LossForm;
  signal?: AbortSignal | undefined;
}

/** Checks the options of evaluations. */
export const checkEvaluation = fields({ loss: oneOf('softmax', 'logits'), signal: optional(aSignal) });

/** The number of examples in a slice, about 10 ms of work. Fixed, because the sum of the losses depends on where it is cut. */
export const examplesPerSlice = 8192;

/** The metrics of slices of a data set, added up in their order. */
export function meanOf(slices: readonly LossSums[]): Metrics {
  let [lossSum, correct, count] = [0, 0, 0];
  for (const slice of slices) {
    lossSum += slice.lossSum;
    correct += slice.correct;
    count += slice.count;
  }
  return { loss: lossSum / count, accuracy: correct / count };
}
