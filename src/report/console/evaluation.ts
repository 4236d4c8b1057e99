import {
  calibrationBins,
  nameScores,
  type ClassificationReport,
  type Mistake,
} from '../../training/numbers/classification_report.js';
import type { Metrics } from '../../training/metrics.js';
import type { LineStyle } from './line_style.js';
import { formatText, formatCount, formatShare, formatMetrics } from '../format.js';
import { formatTable } from './table.js';

/** The findings of `evaluate`. */
export interface EvaluationFigures {
  /** Which reviews. */
  split: string;
  count: number;
  classes: readonly string[];
  /** Metrics of the calibrated probabilities where the model is calibrated, else of the logits. */
  metrics: Metrics;
  /** Metrics of the logits, with the form of loss of the training; null without a calibration. */
  uncalibrated: Metrics | null;
  report: ClassificationReport;
  mistakes: readonly Mistake[];
  /** Says where a review came from: a file name, or a file and a line. */
  originOf: (review: number) => string;
}

export function describeEvaluation(figures: EvaluationFigures, style: LineStyle): string[] {
  const { split, count, classes, metrics, uncalibrated, report } = figures;
  const logits = uncalibrated && `, calibrated (not calibrated: ${formatMetrics(uncalibrated)})`;
  return [
    `${formatCount(count)} ${split} reviews: ${formatMetrics(metrics)}${logits ?? ''}`,
    formatClassScores(classes, report, style),
    formatConfusion(classes, report, style),
    ...(report.rocAuc === null ? [] : [`Area under the ROC curve: ${report.rocAuc.toFixed(4)}`]),
    `Expected calibration error: ${formatShare(report.calibrationError)} (${calibrationBins} bins)`,
    ...describeMistakes(figures),
  ];
}

function formatClassScores(
  classes: readonly string[],
  { classes: scores, macro }: ClassificationReport,
  style: LineStyle,
): string {
  const rows = scores.map(({ precision, recall, f1, support }, k) => [
    classes[k] ?? '',
    ...[precision, recall, f1].map(formatShare),
    formatCount(support),
  ]);
  const mean = ['mean', ...[macro.precision, macro.recall, macro.f1].map(formatShare), ''];
  return formatTable(['class', 'precision', 'recall', 'F1', 'reviews'], [...rows, mean], style);
}

function formatConfusion(classes: readonly string[], { confusion }: ClassificationReport, style: LineStyle): string {
  const titles = ['label', ...classes.map((name) => `predicted ${name}`)];
  return formatTable(
    titles,
    confusion.map((row, k) => [classes[k] ?? '', ...row.map(formatCount)]),
    style,
  );
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
export function evaluationDocument(figures: EvaluationFigures): object {
  const { split, count, classes, metrics, uncalibrated, report, mistakes, originOf } = figures;
  return {
    split,
    count,
    ...metrics,
    ...(uncalibrated && { uncalibrated }),
    ...nameScores(classes, report),
    mistakes: mistakes.map(({ index, label, predicted, probability }) => ({
      origin: originOf(index),
      label: classes[label],
      predicted: classes[predicted],
      probability,
    })),
  };
}
