import { macroF1 } from '../../numbers/metric_values.js';

/** Returns the rows in ascending order of their scores, equal ones by row. */
export function orderOf(scores: Float64Array): Uint32Array {
  const sorted = scores.toSorted();
  const taken = new Uint32Array(scores.length);
  const order = new Uint32Array(scores.length);
  for (let row = 0; row < scores.length; row += 1) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < scores[row]) low = middle + 1;
      else high = middle;
    }
    order[low + taken[low]] = row;
    taken[low] += 1;
  }
  return order;
}

/**
 * Returns the threshold above which an example is given the second of two classes, so that the macro-F1 is largest:
 * a midpoint between neighbouring values, or one that gives all the same class. Of equally good ones it is that nearest
 * to 0, and of two of them the lower.
 * @param logOdds values in ascending order
 * @param labels their classes, 0 or 1
 */
export function bestThreshold(logOdds: Float64Array, labels: Int32Array): number {
  const { length } = logOdds;
  let seconds = 0;
  for (let i = 0; i < length; i += 1) seconds += labels[i];
  const labelled = [length - seconds, seconds];
  // How many of the first class are given it, and how many of the second are given theirs.
  let [firsts, others] = [0, seconds];
  let best = { value: meanF1(labelled, 0, firsts, others), threshold: logOdds[0] - 1 };
  for (let i = 0; i < length; i += 1) {
    firsts += 1 - labels[i];
    others -= labels[i];
    if (logOdds[i + 1] === logOdds[i]) continue;
    const threshold = i + 1 < length ? (logOdds[i] + logOdds[i + 1]) / 2 : logOdds[i] + 1;
    const value = meanF1(labelled, i + 1, firsts, others);
    const isNearer = value === best.value && Math.abs(threshold) < Math.abs(best.threshold);
    if (value > best.value || isNearer) best = { value, threshold };
  }
  return best.threshold;
}

/** The macro-F1 of two classes. @param given how many examples are given the first class */
function meanF1(labelled: readonly number[], given: number, firsts: number, others: number): number {
  const [first, second] = labelled;
  const f1OfFirst = (2 * firsts) / (first + given);
  const f1OfSecond = (2 * others) / (second + (first + second - given));
  if (first === 0) return f1OfSecond;
  return second === 0 ? f1OfFirst : (f1OfFirst + f1OfSecond) / 2;
}

/** The strengths with which rare classes are preferred: from none to a little more than by all of their prior. */
const strengths = Array.from({ length: 25 }, (_, i) => i / 20);

/**
 * Returns what is added to the logarithms of the probabilities of more than two classes so that the macro-F1 is
 * largest: `-tau ln(prior)`, where tau is the least of the best of 0, 0.05 .. 1.2. A class without examples gets 0.
 * @param logits `[n, classes]`, row-major
 */
export function priorOffsets(logits: Float64Array, labels: Int32Array, classes: number): number[] {
  const labelled = new Float64Array(classes);
  for (const label of labels) labelled[label] += 1;
  const preferences = Array.from(labelled, (count) => (count === 0 ? 0 : -Math.log(count / labels.length)));
  let best = { value: -Infinity, offsets: preferences };
  for (const strength of strengths) {
    const offsets = preferences.map((preference) => strength * preference);
    const predicted = new Float64Array(classes);
    const right = new Float64Array(classes);
    for (let row = 0; row < labels.length; row += 1) {
      const k = largestOfRow(logits, row * classes, offsets);
      predicted[k] += 1;
      if (k === labels[row]) right[k] += 1;
    }
    const value = macroF1({ labelled, predicted, right });
    if (value > best.value) best = { value, offsets };
  }
  return best.offsets;
}

/** Returns the class, the first of equal ones, with the largest sum of logit and offset. @param start where its row is */
export function largestOfRow(logits: Float64Array, start: number, offsets: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < offsets.length; k += 1) {
    if (logits[start + k] + offsets[k] > logits[start + best] + offsets[best]) best = k;
  }
  return best;
}
