import { anObject, fields, float64Array, int32Array, oneOf, orNull, wholeFrom } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { logOddsOf, probabilitiesOf } from '../model/numbers/probabilities.js';
import type { Calibration } from '../storage/model_description.js';
import {
  calibrationError,
  checkSizes,
  predictedClasses,
  reliabilityBins,
  type LabelledPredictions,
} from './numbers/classification_report.js';
import type { Metrics } from './metrics.js';

/** The kinds that can be fitted: nothing, one factor, or a factor and a shift of the log-odds. */
export const calibrationKinds = ['none', 'temperature', 'sigmoid'] as const;
export type CalibrationKind = (typeof calibrationKinds)[number];

/** Logits of labelled examples. */
export interface LabelledLogits {
  /** `[n, classes]`, row-major. */
  logits: Float64Array;
  /** `[n]` */
  labels: Int32Array;
  classes: number;
}

/** Scores of how well predictions fit what comes true. */
export interface ProbabilityScores {
  /** Share of the examples whose label has the highest probability. */
  accuracy: number;
  /** Mean of -ln of the probability of the true class. */
  logLoss: number;
  /** The expected calibration error, as `classificationReport` has it. */
  calibrationError: number;
}

export interface CalibrationScores {
  before: ProbabilityScores;
  after: ProbabilityScores;
}

const ofLogits = fields({ logits: float64Array, labels: int32Array, classes: wholeFrom(0) });
/** Newton steps; some ten are enough where the minimum is not at infinity. */
const mostSteps = 100;
const smallestStep = 1e-10;
/** Where logits tell the classes apart without a mistake, or tell nothing, the likelihood would grow for ever. */
const largestScale = 1e3;

/**
 * Fits a calibration by maximum likelihood. `temperature` (Guo et al. 2017, _On Calibration of Modern Neural
 * Networks_) divides the logits; `sigmoid` (Platt 1999) is `1 / (1 + exp(-(scale * s + bias)))` of two logits'
 * difference s.
 * @param heldOut logits of examples that the model was not trained on
 * @throws ImdbTorchError ERR_USAGE for a sigmoid of more classes than two
 */
export function fitCalibration(kind: Exclude<CalibrationKind, 'none'>, heldOut: LabelledLogits): Calibration {
  oneOf('temperature', 'sigmoid')(kind, 'kind');
  checkLogits(heldOut, 'heldOut');
  const { classes } = heldOut;
  if (kind === 'sigmoid' && classes !== 2) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected two classes for a sigmoid but received ${classes}; fit a temperature.`,
    );
  }
  if (kind === 'temperature') return { kind, temperature: 1 / fitInverseTemperature(heldOut) };
  return { kind, ...fitSigmoid(heldOut) };
}

function checkLogits(value: LabelledLogits, name: string): void {
  ofLogits(value, name);
  checkSizes(name, value.labels, value.classes, { logits: value.logits });
}

/** Scores the probabilities of examples without a calibration and with it. */
export function compareCalibration(of: LabelledLogits, calibration: Calibration): CalibrationScores {
  return { before: scoreProbabilities(of, null), after: scoreProbabilities(of, calibration) };
}

export function scoreProbabilities(of: LabelledLogits, calibration: Calibration | null): ProbabilityScores {
  checkLogits(of, 'of');
  orNull(anObject)(calibration, 'calibration');
  const { logits, labels, classes } = of;
  const probabilities = probabilitiesOf(logits, classes, calibration);
  const logOdds = logOddsOf(logits, classes, calibration);
  const { accuracy, loss: logLoss } = probabilityMetrics({ labels, probabilities, logOdds, classes });
  const bins = reliabilityBins({ labels, probabilities, classes });
  return { accuracy, logLoss, calibrationError: calibrationError(bins) };
}

/** The mean of -ln of the true class's probability, which is not rounded to 0 or 1 before, and the share predicted. */
export function probabilityMetrics(predictions: LabelledPredictions): Metrics {
  const { labels, logOdds, classes } = predictions;
  const losses = labels.reduce((sum, label, row) => sum + softplus(-(logOdds[row * classes + label] ?? NaN)), 0);
  const predicted = predictedClasses(predictions);
  const right = labels.reduce((count, label, row) => count + Number(predicted[row] === label), 0);
  return { loss: losses / labels.length, accuracy: right / labels.length };
}

/** Minimises the log loss of `softmax(a * logits)` over a: with p these probabilities its slope is E_p[z] - z_y. */
function fitInverseTemperature({ logits, labels, classes }: LabelledLogits): number {
  let inverse = 1;
  for (let step = 0; step < mostSteps; step += 1) {
    const probabilities = probabilitiesOf(logits, classes, { kind: 'temperature', temperature: 1 / inverse });
    let [slope, curvature] = [0, 0];
    labels.forEach((label, row) => {
      let [mean, square] = [0, 0];
      for (let k = row * classes; k < (row + 1) * classes; k += 1) {
        const [p, z] = [probabilities[k] ?? NaN, logits[k] ?? NaN];
        mean += p * z;
        square += p * z * z;
      }
      slope += mean - (logits[row * classes + label] ?? NaN);
      curvature += square - mean * mean;
    });
    // In the logarithm of a, which stays above 0 and changes by a factor of e at most.
    const change = -slope / (curvature * inverse + Math.abs(slope));
    if (!(Math.abs(change) > smallestStep)) break;
    inverse = Math.max(1 / largestScale, Math.min(inverse * Math.exp(change), largestScale));
  }
  return inverse;
}

/** Logistic regression of the labels on one number, by Newton's method with steps halved until they help. */
function fitSigmoid({ logits, labels }: LabelledLogits): Line {
  const scores = Float64Array.from(labels, (_, row) => (logits[2 * row + 1] ?? NaN) - (logits[2 * row] ?? NaN));
  let line: Line = { scale: 1, bias: 0 };
  for (let step = 0; step < mostSteps; step += 1) {
    const direction = newtonStep(scores, labels, line);
    if (direction === null) break;
    const size = shorten(scores, labels, line, direction);
    line = {
      scale: clamp(line.scale + size * direction.scale, largestScale),
      bias: clamp(line.bias + size * direction.bias, largestScale),
    };
    if (!(size * Math.max(Math.abs(direction.scale), Math.abs(direction.bias)) > smallestStep)) break;
  }
  return line;
}

/** The log-odds as a line over the scores: `scale * score + bias`. */
interface Line {
  scale: number;
  bias: number;
}

/** Solves `hessian * step = -gradient` of the log loss; null where the Hessian cannot be inverted. */
function newtonStep(scores: Float64Array, labels: Int32Array, { scale, bias }: Line): Line | null {
  const gradient = { scale: 0, bias: 0 };
  const hessian = { scaleScale: 0, scaleBias: 0, biasBias: 0 };
  scores.forEach((score, row) => {
    const probability = 1 / (1 + Math.exp(-(scale * score + bias)));
    const error = probability - (labels[row] ?? NaN);
    const variance = probability * (1 - probability);
    gradient.scale += error * score;
    gradient.bias += error;
    hessian.scaleScale += variance * score * score;
    hessian.scaleBias += variance * score;
    hessian.biasBias += variance;
  });
  const { scaleScale, scaleBias, biasBias } = hessian;
  const determinant = scaleScale * biasBias - scaleBias * scaleBias;
  if (!(determinant > 0)) return null;
  return {
    scale: (scaleBias * gradient.bias - biasBias * gradient.scale) / determinant,
    bias: (scaleBias * gradient.scale - scaleScale * gradient.bias) / determinant,
  };
}

/** Returns the largest halved share of a Newton step that does not make the log loss worse. */
function shorten(scores: Float64Array, labels: Int32Array, from: Line, direction: Line): number {
  const before = sigmoidLoss(scores, labels, from);
  for (let size = 1; size > smallestStep; size /= 2) {
    const to = { scale: from.scale + size * direction.scale, bias: from.bias + size * direction.bias };
    if (sigmoidLoss(scores, labels, to) <= before) return size;
  }
  return 0;
}

function sigmoidLoss(scores: Float64Array, labels: Int32Array, { scale, bias }: Line): number {
  let sum = 0;
  scores.forEach((score, row) => {
    sum += softplus((labels[row] === 1 ? -1 : 1) * (scale * score + bias));
  });
  return sum;
}

/** ln(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x);
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
