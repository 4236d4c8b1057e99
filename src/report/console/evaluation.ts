import {
  calibrationBins,
  nameScores,
  type ClassificationReport,
  type Mistake,
} from '../../training/numbers/classification_report.js';
import type { EngineName } from '../../portable/base_classifier.js';
import type { Decision } from '../../storage/model_description.js';
import type { Metrics } from '../../training/evaluation.js';
import type { LineStyle } from './line_style.js';
import { formatText, formatCount, formatShare, formatMetrics, mostTabledClasses } from '../format.js';
import { mostConfused, weakestOf } from '../../training/numbers/weak_spots.js';
import { formatTable } from './table.js';

/** The findings of `evaluate`. */
export interface EvaluationFigures {
  /** Which reviews. */
  split: string;
  count: number;
  /** What has computed them. */
  engine: EngineName;
  classes: readonly string[];
  /** Metrics of the calibrated probabilities where the model is calibrated, else of the logits. */
  metrics: Metrics;
  /** Metrics of the logits, with the form of loss of the training; null without a calibration. */
  uncalibrated: Metrics | null;
  /** How the classes were chosen; null: the most probable ones. */
  decision: Decision | null;
  report: ClassificationReport;
  mistakes: readonly Mistake[];
  /** Says where a review came from: a file name, or a file and a line. */
  originOf: (review: number) => string;
}

export function describeEvaluation(figures: EvaluationFigures, style: LineStyle): string[] {
  const { split, count, classes, metrics, uncalibrated, decision, report } = figures;
  const logits = uncalibrated && `, calibrated (not calibrated: ${formatMetrics(uncalibrated)})`;
  return [
    `${formatCount(count)} ${split} reviews: ${formatMetrics(metrics)}${logits ?? ''}`,
    ...(decision === null
      ? []
      : ['Classes are decided by thresholds fitted for macro-F1; --decision argmax takes the most probable ones.']),
    formatClassScores(classes, report, style),
    ...formatConfusion(classes, report, style),
    ...(report.rocAuc === null ? [] : [`Area under the ROC curve: ${report.rocAuc.toFixed(4)}`]),
    `Expected calibration error: ${formatShare(report.calibrationError)} (${calibrationBins} bins)`,
    ...describeMistakes(figures),
  ];
}

/** The scores of the classes: of all, or of the weakest where there are many. */
function formatClassScores(
  classes: readonly string[],
  { classes: scores, macro }: ClassificationReport,
  style: LineStyle,
): string {
  const named = scores.map((each, k) => ({ name: classes[k] ?? '', ...each }));
  const shown = isLarge(classes) ? weakestOf(named, (each) => each, mostTabledClasses) : named;
  const share = (value: number | null): string => (value === null ? '-' : formatShare(value));
  const rows = shown.map(({ name, precision, recall, f1, support }) => [
    name,
    ...[precision, recall, f1].map(share),
    formatCount(support),
  ]);
  const mean = ['mean', ...[macro.precision, macro.recall, macro.f1].map(share), ''];
  const title = isLarge(classes) ? `the ${shown.length} weakest of ${formatCount(classes.length)} classes` : 'class';
  return formatTable([title, 'precision', 'recall', 'F1', 'reviews'], [...rows, mean], style);
}

/** The confusion matrix, or the pairs that are confused most where there are many classes. */
function formatConfusion(classes: readonly string[], { confusion }: ClassificationReport, style: LineStyle): string[] {
  if (!isLarge(classes)) {
    const titles = ['label', ...classes.map((name) => `predicted ${name}`)];
    const rows = confusion.map((row, k) => [classes[k] ?? '', ...row.map(formatCount)]);
    return [formatTable(titles, rows, style)];
  }
  const pairs = mostConfused(confusion, mostTabledClasses);
  if (pairs.length === 0) return [];
  const rows = pairs.map(({ label, predicted, count }) => [
    `${classes[label] ?? ''} as ${classes[predicted] ?? ''}`,
    formatCount(count),
  ]);
  return [formatTable(['most confused', 'reviews'], rows, style), '--json has all classes and all pairs.'];
}

function isLarge(classes: readonly string[]): boolean {
  return classes.length > mostTabledClasses;
}

function describeMistakes({ classes, mistakes, originOf }: EvaluationFigures): string[] {
  if (mistakes.length === 0) return [];
  const lines = mistakes.map(
    ({ index, label, predicted, probability }) =>
      `  ${formatText(originOf(index))}: ${formatText(classes[predicted] ?? '')} (${formatShare(probability)}), labelled ${formatText(classes[label] ?? '')}`,
  );
  return ['The most confident mistakes:', ...lines];
}

/** The part of the document of `evaluate --json` that says what was found. */
export function evaluationDocument(figures: EvaluationFigures) {
  const { split, count, engine, classes, metrics, uncalibrated, decision, report, mistakes, originOf } = figures;
  return {
    split,
    count,
    engine,
    ...metrics,
    ...(uncalibrated && { uncalibrated }),
    ...(decision && { decision }),
    ...nameScores(classes, report),
    mistakes: mistakes.map(({ index, label, predicted, probability }) => ({
      origin: originOf(index),
      label: classes[label],
      predicted: classes[predicted],
      probability,
    })),
  };
}
