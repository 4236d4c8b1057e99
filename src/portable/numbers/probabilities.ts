import type { Calibration } from '../../storage/model_description.js';
import { indexOfLargest } from './largest.js';

/**
 * Returns the probabilities of the classes: the softmax of the logits, calibrated where there is a calibration. (The
 * notebook's loss applies softmax twice, but its model predicts the probabilities of the first.)
 * @param logits `[n, classes]`, row-major, as is the result
 */
export function probabilitiesOf(
  logits: ArrayLike<number>,
  classes: number,
  calibration: Calibration | null,
): Float64Array {
  const result = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = result.subarray(start, start + classes);
    for (let k = 0; k < classes; k += 1) row[k] = logits[start + k];
    calibrate(row, calibration);
    softmax(row);
  }
  return result;
}

/**
 * Returns ln(p / (1 - p)) of each class, exact where a probability rounds to 0 or 1.
 * @param logits `[n, classes]`, row-major, as is the result
 */
export function logOddsOf(logits: ArrayLike<number>, classes: number, calibration: Calibration | null): Float64Array {
  const result = new Float64Array(logits.length);
  const row = new Float64Array(classes);
  for (let start = 0; start < logits.length; start += classes) {
    for (let k = 0; k < classes; k += 1) row[k] = logits[start + k];
    calibrate(row, calibration);
    writeLogOdds(row, result.subarray(start, start + classes));
  }
  return result;
}

/** Writes the log-odds of one text's logits, in a time that is linear in the classes. */
function writeLogOdds(row: Float64Array, result: Float64Array): void {
  if (row.length === 2) {
    // With one other number it is that number, without the rounding of exp and log.
    result[0] = row[0] - row[1];
    result[1] = row[1] - row[0];
    return;
  }
  const best = indexOfLargest(row);
  const largest = row[best];
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) {
    result[k] = Math.exp(row[k] - largest);
    sum += result[k];
  }
  for (let k = 0; k < row.length; k += 1) {
    // The largest stays in the sum, so that nothing is lost by the subtraction.
    const others = k === best ? logSumExpOfOthers(row, k) : largest + Math.log(sum - result[k]);
    result[k] = row[k] - others;
  }
}

/** Calibrates the logits of one text in place. */
function calibrate(row: Float64Array, calibration: Calibration | null): void {
  if (calibration?.kind === 'temperature') {
    for (let k = 0; k < row.length; k += 1) row[k] /= calibration.temperature;
  } else if (calibration?.kind === 'sigmoid') {
    const difference = row[1] - row[0];
    row[0] = 0;
    row[1] = calibration.scale * difference + calibration.bias;
  }
}

function softmax(row: Float64Array): void {
  const largest = row[indexOfLargest(row)];
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) {
    const value = Math.exp(row[k] - largest);
    row[k] = value;
    sum += value;
  }
  for (let k = 0; k < row.length; k += 1) row[k] /= sum;
}

/** Returns the logarithm of the sum of exp(x) over all x but one. */
function logSumExpOfOthers(row: Float64Array, left: number): number {
  let largest = -Infinity;
  for (let k = 0; k < row.length; k += 1) if (k !== left) largest = Math.max(largest, row[k]);
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) if (k !== left) sum += Math.exp(row[k] - largest);
  return largest + Math.log(sum);
}
