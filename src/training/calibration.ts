import { anObject, fields, float64Array, int32Array, oneOf, orNull, wholeFrom } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { logOddsOf, probabilitiesOf } from '../portable/numbers/probabilities.js';
import type { Calibration } from '../storage/model_description.js';
import { fitLine, type Line } from './decisions/numbers/line.js';
import { fitInverseTemperature } from './decisions/numbers/temperature.js';
import {
  calibrationError,
  checkSizes,
  predictedClasses,
  reliabilityBins,
  type LabelledPredictions,
} from './numbers/classification_report.js';
import type { Metrics } from './evaluation.js';

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
  if (kind === 'temperature')
    return { kind, temperature: 1 / fitInverseTemperature(heldOut.logits, heldOut.labels, classes) };
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

/** Logistic regression of the labels on the difference of two logits. */
function fitSigmoid({ logits, labels }: LabelledLogits): Line {
  return fitLine(
    Float64Array.from(labels, (_, row) => (logits[2 * row + 1] ?? NaN) - (logits[2 * row] ?? NaN)),
    labels,
  );
}

/** ln(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x);
}
