import { factorize, solve } from './cholesky.js';
import { largestOf, minimize, placeAt, stepAlong } from './minimize.js';

/** Examples of a multinomial logistic regression. */
export interface SoftmaxExamples {
  /** `[n, columns]`, row-major */
  inputs: Float64Array;
  columns: number;
  /** `[n]`: each class is the label of an example at least. */
  labels: Int32Array;
  classes: number;
  /** `[n]`: how often each example counts; once without it. */
  weights?: Float64Array;
}

/** What a fit found. */
export interface SoftmaxFit {
  /** `[classes, columns + 1]`, row-major: the weights of the inputs, and the bias last. */
  parameters: Float64Array;
  /** The Cholesky factor of a Hessian near the minimum. */
  factor: Float64Array;
}

/** A fit ends where the gradient of the mean loss is below this. */
const tolerance = 1e-6;
/** Multiplications that one Hessian of the sample may take. */
const sampleWork = 2e6;
/** Examples of a rare class in the sample. */
const leastOfClass = 20;
const mostNewtonSteps = 30;

/**
 * Fits a multinomial logistic regression: minimises the sum of the log losses and half the sum of the squared weights
 * (scikit-learn's `LogisticRegression(C=1)`; biases are free). Newton's method on a sample of the examples gives the
 * start and the metric for L-BFGS on all.
 * @param near a fit of similar examples, which takes the sample's place
 */
export function fitSoftmaxRegression(examples: SoftmaxExamples, near?: SoftmaxFit): SoftmaxFit {
  const { parameters: start, factor } = near ?? fitByNewton(sampleOf(examples));
  const parameters = minimize((point, gradient) => lossOf(examples, point, gradient), {
    start,
    precondition: (vector) => {
      solve(factor, vector);
    },
    tolerance: tolerance * examples.labels.length,
  });
  return { parameters, factor };
}

/** Every so many examples of each class, each of which stands for as many. */
function sampleOf(examples: SoftmaxExamples): SoftmaxExamples {
  const { inputs, columns, labels, classes } = examples;
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, row) => rowsOf[label].push(row));
  const most = Math.max(5 * classes ** 2, (4 * sampleWork) / (classes * (columns + 1)) ** 2);
  const chosen = rowsOf.flatMap((rows) => {
    const count = Math.min(rows.length, Math.max(leastOfClass, Math.ceil((rows.length * most) / labels.length)));
    const weight = rows.length / count;
    return Array.from({ length: count }, (_, i) => ({ row: rows[Math.floor(i * weight)], weight }));
  });
  const sampled = new Float64Array(chosen.length * columns);
  chosen.forEach(({ row }, i) => {
    sampled.set(inputs.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return {
    inputs: sampled,
    columns,
    labels: Int32Array.from(chosen, ({ row }) => labels[row]),
    classes,
    weights: Float64Array.from(chosen, ({ weight }) => weight),
  };
}

function fitByNewton(examples: SoftmaxExamples): SoftmaxFit {
  const { columns, labels, classes } = examples;
  const objective = (point: Float64Array, gradient: Float64Array): number => lossOf(examples, point, gradient);
  const start = new Float64Array(classes * (columns + 1));
  let at = placeAt(objective, start);
  for (let step = 0; ; step += 1) {
    const factor = hessianOf(examples, at.point);
    factorize(factor, start.length);
    const direction = at.gradient.map((value) => -value);
    solve(factor, direction);
    const isFar = largestOf(at.gradient) > tolerance * labels.length;
    const next = isFar && step < mostNewtonSteps ? stepAlong(objective, at, direction) : null;
    if (next === null) return { parameters: at.point, factor };
    at = next;
  }
}

/** Writes the probabilities of one example, and returns the log loss of its label. */
function predictRow(examples: SoftmaxExamples, parameters: Float64Array, row: number, result: Float64Array): number {
  const { inputs, columns, labels, classes } = examples;
  let largest = -Infinity;
  for (let k = 0; k < classes; k += 1) {
    const start = k * (columns + 1);
    let logit = parameters[start + columns];
    for (let c = 0; c < columns; c += 1) logit += parameters[start + c] * inputs[row * columns + c];
    result[k] = logit;
    if (logit > largest) largest = logit;
  }
  const own = result[labels[row]];
  let sum = 0;
  for (let k = 0; k < classes; k += 1) {
    result[k] = Math.exp(result[k] - largest);
    sum += result[k];
  }
  for (let k = 0; k < classes; k += 1) result[k] /= sum;
  return Math.log(sum) + largest - own;
}

function lossOf(examples: SoftmaxExamples, parameters: Float64Array, gradient: Float64Array): number {
  const { inputs, columns, labels, classes, weights } = examples;
  const probabilities = new Float64Array(classes);
  gradient.fill(0);
  let loss = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights === undefined ? 1 : weights[row];
    loss += weight * predictRow(examples, parameters, row, probabilities);
    probabilities[labels[row]] -= 1;
    for (let k = 0; k < classes; k += 1) {
      const start = k * (columns + 1);
      const error = weight * probabilities[k];
      for (let c = 0; c < columns; c += 1) gradient[start + c] += error * inputs[row * columns + c];
      gradient[start + columns] += error;
    }
  }
  for (let i = 0; i < parameters.length; i += 1) {
    if (i % (columns + 1) === columns) continue;
    loss += parameters[i] ** 2 / 2;
    gradient[i] += parameters[i];
  }
  return loss;
}

/** Returns the Hessian, in its lower triangle. */
function hessianOf(examples: SoftmaxExamples, parameters: Float64Array): Float64Array {
  const { columns, labels, classes, inputs } = examples;
  const size = parameters.length;
  const hessian = new Float64Array(size * size);
  const probabilities = new Float64Array(classes);
  const extended = new Float64Array(columns + 1).fill(1);
  for (let row = 0; row < labels.length; row += 1) {
    predictRow(examples, parameters, row, probabilities);
    for (let c = 0; c < columns; c += 1) extended[c] = inputs[row * columns + c];
    addCurvature(hessian, probabilities, extended, examples.weights === undefined ? 1 : examples.weights[row]);
  }
  for (let i = 0; i < size; i += 1) {
    const isBias = i % (columns + 1) === columns;
    if (!isBias) hessian[i * size + i] += 1;
    // Equal changes of all biases change nothing; with this the matrix has an inverse, and such changes stay out of it.
    else for (let j = columns; j <= i; j += columns + 1) hessian[i * size + j] += 1;
  }
  return hessian;
}

/** Adds `weight * (diag(p) - p p') x x'` to the lower triangle, block by block of two classes. */
function addCurvature(hessian: Float64Array, p: Float64Array, inputs: Float64Array, weight: number): void {
  const [classes, width] = [p.length, inputs.length];
  const size = classes * width;
  for (let k = 0; k < classes; k += 1) {
    for (let l = 0; l <= k; l += 1) {
      const factor = weight * p[k] * (Number(k === l) - p[l]);
      for (let c = 0; c < width; c += 1) {
        const start = (k * width + c) * size + l * width;
        const product = factor * inputs[c];
        for (let d = 0; d < width; d += 1) hessian[start + d] += product * inputs[d];
      }
    }
  }
}
