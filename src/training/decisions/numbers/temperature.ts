import { probabilitiesOf } from '../../../model/numbers/probabilities.js';

/** Newton steps; some ten are enough where the minimum is not at infinity. */
const mostSteps = 100;
const smallestStep = 1e-10;
/** Where logits tell the classes apart without a mistake, or tell nothing, the likelihood would grow for ever. */
const largest = 1e3;

/**
 * Fits the factor a of `softmax(a * logits)` by maximum likelihood, the inverse of a temperature (Guo et al. 2017, _On
 * Calibration of Modern Neural Networks_). With p these probabilities the slope of the log loss is E_p[z] - z_y.
 * @param logits `[n, classes]`, row-major
 * @param labels `[n]`
 * @param start the factor to start from
 * @returns the factor, between 0.001 and 1,000
 */
export function fitInverseTemperature(logits: Float64Array, labels: Int32Array, classes: number, start = 1): number {
  let inverse = start;
  for (let step = 0; step < mostSteps; step += 1) {
    const probabilities = probabilitiesOf(logits, classes, { kind: 'temperature', temperature: 1 / inverse });
    let [slope, curvature] = [0, 0];
    for (let row = 0; row < labels.length; row += 1) {
      let [mean, square] = [0, 0];
      for (let k = row * classes; k < (row + 1) * classes; k += 1) {
        const [p, z] = [probabilities[k], logits[k]];
        mean += p * z;
        square += p * z * z;
      }
      slope += mean - logits[row * classes + labels[row]];
      curvature += square - mean * mean;
    }
    // In the logarithm of a, which stays above 0 and changes by a factor of e at most.
    const change = -slope / (curvature * inverse + Math.abs(slope));
    if (!(Math.abs(change) > smallestStep)) break;
    inverse = Math.max(1 / largest, Math.min(inverse * Math.exp(change), largest));
  }
  return inverse;
}
