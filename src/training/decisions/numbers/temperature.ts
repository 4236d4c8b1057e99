/** Newton steps; some ten are enough where the minimum is not at infinity. */
const mostSteps = 100;
/** Where logits tell the classes apart without a mistake, or tell nothing, the likelihood would grow for ever. */
const largest = 1e3;

/**
 * Fits the factor a of `softmax(a * logits)` by maximum likelihood, the inverse of a temperature (Guo et al. 2017, _On
 * Calibration of Modern Neural Networks_). With p these probabilities the slope of the log loss is E_p[z] - z_y.
 * @param logits `[n, classes]`, row-major
 * @param labels `[n]`
 * @param options the factor to start from, and the relative step with which the fit ends
 * @returns the factor, between 0.001 and 1,000
 */
export function fitInverseTemperature(
  logits: Float64Array,
  labels: Int32Array,
  classes: number,
  { start = 1, smallestStep = 1e-10 } = {},
): number {
  let inverse = start;
  for (let step = 0; step < mostSteps; step += 1) {
    const { slope, curvature } = slopeOf(logits, labels, classes, 1 / inverse);
    // In the logarithm of a, which stays above 0 and changes by a factor of e at most.
    const change = -slope / (curvature * inverse + Math.abs(slope));
    if (!(Math.abs(change) > smallestStep)) break;
    inverse = Math.max(1 / largest, Math.min(inverse * Math.exp(change), largest));
  }
  return inverse;
}

/** The first two derivatives of the log loss. */
function slopeOf(logits: Float64Array, labels: Int32Array, classes: number, temperature: number) {
  const probabilities = new Float64Array(classes);
  let [slope, curvature] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const start = row * classes;
    softmaxRow(logits, start, temperature, probabilities);
    let [mean, square] = [0, 0];
    for (let k = 0; k < classes; k += 1) {
      const [p, z] = [probabilities[k], logits[start + k]];
      mean += p * z;
      square += p * z * z;
    }
    slope += mean - logits[start + labels[row]];
    curvature += square - mean * mean;
  }
  return { slope, curvature };
}

/** Writes the probabilities of the row that begins at `start`. */
function softmaxRow(logits: Float64Array, start: number, temperature: number, result: Float64Array): void {
  let [most, sum] = [-Infinity, 0];
  for (let k = 0; k < result.length; k += 1) {
    result[k] = logits[start + k] / temperature;
    if (result[k] > most) most = result[k];
  }
  for (let k = 0; k < result.length; k += 1) {
    result[k] = Math.exp(result[k] - most);
    sum += result[k];
  }
  for (let k = 0; k < result.length; k += 1) result[k] /= sum;
}
