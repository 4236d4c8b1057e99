import { fields, float64Array, int32Array, optional, rangeError, wholeFrom } from '../../arguments.js';
import { decide } from '../../portable/numbers/decision.js';
import { rocAuc } from './roc_auc.js';
import { mostConfused } from './weak_spots.js';

/**
 * Scores as scikit-learn's `precision_recall_fscore_support` gives them: 0 for a class that is never predicted. Null for
 * a class without examples, of which nothing can be said.
 */
export interface ClassScores {
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

export interface ClassificationReport {
  /** In the order of the classes; `support` is the number of examples of the class. */
  classes: (ClassScores & { support: number })[];
  /** Means over the classes that have examples. */
  macro: ClassScores;
  /** `[label][prediction]`: numbers of examples. */
  confusion: number[][];
  /** Area under the ROC curve of the second of two classes; null where it is not defined. */
  rocAuc: number | null;
  /** `calibrationBins` bins of equal width from 0 to 1, by the probability of the predicted class. */
  reliability: ReliabilityBin[];
  /** Expected calibration error of Guo et al. (2017) with these bins. */
  calibrationError: number;
}

/** The examples whose predicted class has a probability in one range, `(from, to]`. */
export interface ReliabilityBin {
  count: number;
  /** Mean probability of the predicted class; 0 where there are none. */
  confidence: number;
  /** Share that is predicted rightly; 0 where there are none. */
  accuracy: number;
}

/** The predictions of a model for labelled examples. */
export interface LabelledPredictions {
  /** `[n]`: class numbers. */
  labels: Int32Array;
  /** `[n, classes]`, row-major. */
  probabilities: Float64Array;
  /** `[n, classes]`, row-major: they order examples even where probabilities round to 1. */
  logOdds: Float64Array;
  /** Number of classes. */
  classes: number;
  /** `[n]`: the class that each example is given; by default its most probable one. */
  predicted?: Int32Array | undefined;
}

const ofPredictions = fields({
  labels: int32Array,
  probabilities: float64Array,
  logOdds: float64Array,
  classes: wholeFrom(0),
  predicted: optional(int32Array),
});

function checkPredictions(predictions: LabelledPredictions): void {
  ofPredictions(predictions, 'predictions');
  const { labels, probabilities, logOdds, classes, predicted = labels } = predictions;
  checkSizes('predictions', labels, classes, { probabilities, logOdds });
  if (predicted.length !== labels.length) {
    throw rangeError(`${labels.length} numbers`, 'predictions.predicted', String(predicted.length));
  }
  checkClasses('predictions.predicted', predicted, classes);
}

/** @throws RangeError when numbers are not those of each class of each example, or a label is no class */
export function checkSizes(
  name: string,
  labels: Int32Array,
  classes: number,
  arrays: Readonly<Record<string, Float64Array>>,
): void {
  for (const [key, { length }] of Object.entries(arrays)) {
    if (length === labels.length * classes) continue;
    throw rangeError(`${labels.length} x ${classes} numbers`, `${name}.${key}`, String(length));
  }
  checkClasses(`${name}.labels`, labels, classes);
}

function checkClasses(name: string, numbers: Int32Array, classes: number): void {
  const wrong = numbers.findIndex((number) => number < 0 || number >= classes);
  if (wrong !== -1) throw rangeError(`a class in 0 .. ${classes - 1}`, `${name}[${wrong}]`, String(numbers[wrong]));
}

export interface Mistake {
  /** Which example. */
  index: number;
  label: number;
  predicted: number;
  /** The probability of `predicted`. */
  probability: number;
}

export const calibrationBins = 15;
/** The number of confused pairs that documents name. */
const namedPairs = 20;

export function classificationReport(predictions: LabelledPredictions): ClassificationReport {
  checkPredictions(predictions);
  const confusion = confusionMatrix(predictions);
  const classes = scoresOf(confusion);
  const reliability = reliabilityBins(predictions);
  const mean = (name: keyof ClassScores): number | null => {
    const values = classes.map((scores) => scores[name]).filter((value) => value !== null);
    return values.length === 0 ? null : sum(values) / values.length;
  };
  return {
    classes,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    confusion,
    rocAuc: rocAucOfSecond(predictions),
    reliability,
    calibrationError: calibrationError(reliability),
  };
}

function scoresOf(confusion: readonly (readonly number[])[]): ClassificationReport['classes'] {
  const predicted = new Float64Array(confusion.length);
  for (const row of confusion) row.forEach((count, k) => (predicted[k] += count));
  return confusion.map((row, k) => {
    const support = sum(row);
    if (support === 0) return { precision: null, recall: null, f1: null, support };
    const precision = ratio(row[k], predicted[k]);
    const recall = ratio(row[k], support);
    return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
  });
}

/** A classification report with the names of the classes, as documents have it. */
export interface NamedScores extends Pick<ClassificationReport, 'macro' | 'confusion' | 'rocAuc'> {
  classes: ({ name: string } & ClassificationReport['classes'][number])[];
  /** The pairs of classes that are confused most often, most often first. */
  mostConfused: { label: string; predicted: string; count: number }[];
  calibration: { bins: number; error: number; reliability: ReliabilityBin[] };
}

export function nameScores(names: readonly string[], report: ClassificationReport): NamedScores {
  const { classes, macro, confusion, rocAuc, reliability, calibrationError: error } = report;
  return {
    classes: classes.map((scores, k) => ({ name: names[k], ...scores })),
    macro,
    confusion,
    mostConfused: mostConfused(confusion, namedPairs).map(({ label, predicted, count }) => ({
      label: names[label],
      predicted: names[predicted],
      count,
    })),
    rocAuc,
    calibration: { bins: calibrationBins, error, reliability },
  };
}

/** The class that each example is given. */
export function predictedClasses({
  probabilities,
  classes,
  predicted,
}: Pick<LabelledPredictions, 'probabilities' | 'classes' | 'predicted'>): Int32Array {
  return predicted ?? decide(probabilities, classes, undefined);
}

/** The wrong predictions of the highest probability, highest first. */
export function mostConfidentMistakes(predictions: LabelledPredictions, count: number): Mistake[] {
  checkPredictions(predictions);
  wholeFrom(0)(count, 'count');
  const { labels, probabilities, classes } = predictions;
  const mistakes: Mistake[] = [];
  predictedClasses(predictions).forEach((predicted, index) => {
    const label = labels[index];
    if (label === predicted) return;
    mistakes.push({
      index,
      label,
      predicted,
      probability: probabilities[index * classes + predicted],
    });
  });
  return mistakes.sort((one, other) => other.probability - one.probability || one.index - other.index).slice(0, count);
}

function confusionMatrix(predictions: LabelledPredictions): number[][] {
  const { labels, classes } = predictions;
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictedClasses(predictions).forEach((predicted, index) => {
    counts[labels[index]][predicted] += 1;
  });
  return counts;
}

function rocAucOfSecond({ labels, logOdds, classes }: LabelledPredictions): number | null {
  if (classes !== 2) return null;
  const area = rocAuc(
    Float64Array.from(labels, (_, row) => logOdds[row * 2 + 1]),
    labels,
    1,
  );
  return Number.isNaN(area) ? null : area;
}

export function reliabilityBins(
  predictions: Pick<LabelledPredictions, 'labels' | 'probabilities' | 'classes' | 'predicted'>,
): ReliabilityBin[] {
  const { labels, probabilities, classes } = predictions;
  const bins = Array.from({ length: calibrationBins }, () => ({ count: 0, confidence: 0, right: 0 }));
  predictedClasses(predictions).forEach((predicted, index) => {
    const confidence = probabilities[index * classes + predicted];
    if (Number.isNaN(confidence)) return;
    const bin = bins[Math.max(0, Math.ceil(confidence * calibrationBins) - 1)];
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += Number(predicted === labels[index]);
  });
  return bins.map(({ count, confidence, right }) => ({
    count,
    confidence: ratio(confidence, count),
    accuracy: ratio(right, count),
  }));
}

export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const gaps = bins.map(({ count, confidence, accuracy }) => count * Math.abs(confidence - accuracy));
  return sum(gaps) / sum(bins.map(({ count }) => count));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
