/** The log-odds of the second of two classes as a line over the scores: `scale * score + bias`. */
export interface Line {
  scale: number;
  bias: number;
}

export interface LineOptions {
  /** The probabilities that the examples of the first and of the second class are taken to have of the second. */
  targets?: readonly [first: number, second: number];
  /** `[n]`: how often each example counts; once without it. */
  weights?: Float64Array;
  /** The line to start from. */
  start?: Line;
  /** The fit ends with the first step that changes neither number by more. */
  smallestStep?: number;
}

/** Newton steps; some ten are enough where the minimum is not at infinity. */
const mostSteps = 100;
const smallestShare = 1e-10;
/** Where scores tell the classes apart without a mistake, or tell nothing, the likelihood would grow for ever. */
const largest = 1e3;

/** The log loss of a line with its first and second derivatives. */
interface LossOfLine {
  line: Line;
  loss: number;
  gradient: Line;
  hessian: { scaleScale: number; scaleBias: number; biasBias: number };
}

/**
 * Fits a logistic regression of the labels on one number by maximum likelihood: Newton's method with steps halved until
 * they help. No number of the line exceeds 1,000.
 * @param scores `[n]`
 * @param labels `[n]`: 0 or 1
 */
export function fitLine(scores: Float64Array, labels: Int32Array, options: LineOptions = {}): Line {
  const { targets = [0, 1], start = { scale: 1, bias: 0 }, smallestStep = smallestShare } = options;
  const examples = { scores, labels, targets, weights: options.weights };
  const lossAt = (line: Line): LossOfLine => lossOfLine(examples, line);
  let at = lossAt(start);
  for (let step = 0; step < mostSteps; step += 1) {
    const direction = newtonStep(at);
    const size = direction === null ? 0 : Math.max(Math.abs(direction.scale), Math.abs(direction.bias));
    const next = direction === null ? null : stepAlong(at, direction, lossAt);
    if (next === null) break;
    at = next.at;
    if (!(next.share * size > smallestStep)) break;
  }
  return at.line;
}

interface Examples {
  scores: Float64Array;
  labels: Int32Array;
  targets: readonly [first: number, second: number];
  weights: Float64Array | undefined;
}

function lossOfLine({ scores, labels, targets, weights }: Examples, line: Line): LossOfLine {
  const { scale, bias } = line;
  let [loss, byScale, byBias, scaleScale, scaleBias, biasBias] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row];
    const weight = weights === undefined ? 1 : weights[row];
    const logOdds = scale * score + bias;
    const probability = 1 / (1 + Math.exp(-logOdds));
    const target = targets[labels[row]];
    const wrongWay = labels[row] === 1 ? -logOdds : logOdds;
    // t softplus(-z) + (1 - t) softplus(z), where softplus(z) = softplus(-z) + z.
    const softplus = Math.log1p(Math.exp(-Math.abs(logOdds))) + Math.max(0, wrongWay);
    loss += weight * (softplus + (labels[row] - target) * logOdds);
    const error = weight * (probability - target);
    const variance = weight * probability * (1 - probability);
    byScale += error * score;
    byBias += error;
    scaleScale += variance * score * score;
    scaleBias += variance * score;
    biasBias += variance;
  }
  return { line, loss, gradient: { scale: byScale, bias: byBias }, hessian: { scaleScale, scaleBias, biasBias } };
}

/** Solves `hessian * step = -gradient`; where all scores are equal only the bias steps, and null where it cannot. */
function newtonStep({ gradient, hessian: { scaleScale, scaleBias, biasBias } }: LossOfLine): Line | null {
  const determinant = scaleScale * biasBias - scaleBias * scaleBias;
  if (scaleScale === 0 && biasBias > 0) return { scale: 0, bias: -gradient.bias / biasBias };
  if (!(determinant > 0)) return null;
  return {
    scale: (scaleBias * gradient.bias - biasBias * gradient.scale) / determinant,
    bias: (scaleBias * gradient.scale - scaleScale * gradient.bias) / determinant,
  };
}

/** Goes the largest halved share of a step that does not make the loss worse; null where there is none. */
function stepAlong(
  from: LossOfLine,
  direction: Line,
  lossAt: (line: Line) => LossOfLine,
): { at: LossOfLine; share: number } | null {
  for (let share = 1; share > smallestShare; share /= 2) {
    const at = lossAt({
      scale: clamp(from.line.scale + share * direction.scale),
      bias: clamp(from.line.bias + share * direction.bias),
    });
    if (at.loss <= from.loss) return { at, share };
  }
  return null;
}

function clamp(value: number): number {
  return Math.max(-largest, Math.min(largest, value));
}
