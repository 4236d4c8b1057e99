import type { CalibrationResult } from '../../experiments/calibration_result.js';
import type { FoldResult } from '../../experiments/cross_validation.js';
import type { ProbabilityScores } from '../../training/calibration.js';
import { type LineStyle, formatHeading } from './line_style.js';
import { formatCount, formatLoss, formatShare, formatValue } from '../format.js';
import { summarize } from '../../training/statistics.js';
import { formatTable } from './table.js';

/** Says how well each fold did, and all of them. */
export function describeFolds(folds: readonly FoldResult[], style: LineStyle): string[] {
  const titles = ['fold', 'trained on', 'held out', 'epoch', 'loss', 'accuracy'];
  const rows = folds.map(({ train, valid, epoch, metrics }, index) => [
    String(index + 1),
    formatCount(train),
    formatCount(valid),
    String(epoch),
    formatLoss(metrics.loss),
    formatShare(metrics.accuracy),
  ]);
  const { mean, standardDeviation } = summarize(folds.map(({ metrics }) => metrics.accuracy));
  return [
    formatHeading('Cross-validation', style),
    formatTable(titles, rows, style),
    `Mean accuracy: ${formatShare(mean)}, standard deviation ${formatShare(standardDeviation)}.`,
  ];
}

/** Says what calibration does to the probabilities. */
export function describeCalibration(result: CalibrationResult, style: LineStyle): string[] {
  const { calibration, heldOut, test, because } = result;
  const how =
    calibration.kind === 'temperature'
      ? `temperature ${formatValue(calibration.temperature)}`
      : `sigmoid, scale ${formatValue(calibration.scale)}, bias ${formatValue(calibration.bias)}`;
  const row = (name: string, { accuracy, logLoss, calibrationError }: ProbabilityScores): string[] => [
    name,
    formatShare(accuracy),
    formatLoss(logLoss),
    formatShare(calibrationError),
  ];
  const rows = [
    row('held out, before', heldOut.before),
    row('held out, after', heldOut.after),
    row('test, before', test.before),
    row('test, after', test.after),
  ];
  return [
    formatHeading(`Calibration: ${how}`, style),
    formatTable(['reviews', 'accuracy', 'log loss', 'calibration error'], rows, style),
    ...(because === undefined ? [] : [because]),
  ];
}
