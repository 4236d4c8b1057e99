import type { CalibrationScores } from '../../training/calibration.js';
import type { Metrics } from '../../training/metrics.js';
import { summarize } from '../../training/statistics.js';
import { type LineStyle, formatHeading } from './line_style.js';
import { formatLoss, formatShare } from '../format.js';
import { formatTable } from './table.js';

/** How a run did on the test reviews; calibrated where it is. */
export interface TestFigures extends Metrics {
  calibrationError?: number;
}

/** @param calibration of the run, where it has one: its log loss and accuracy are then those that count */
export function testFigures(
  test: Metrics,
  calibration: { test: CalibrationScores } | undefined,
): TestFigures {
  if (calibration === undefined) return { accuracy: test.accuracy, loss: test.loss };
  const { accuracy, logLoss: loss, calibrationError } = calibration.test.after;
  return { accuracy, loss, calibrationError };
}

/** What `--seeds` ends with. */
export function describeSeeds(
  seeds: readonly number[],
  figures: readonly TestFigures[],
  style: LineStyle,
): string[] {
  const titles = ['seed', 'test accuracy', 'loss'];
  const accuracy = summarize(figures.map((each) => each.accuracy));
  const loss = summarize(figures.map((each) => each.loss));
  const rows = figures.map((each, index) => [
    String(seeds[index]),
    formatShare(each.accuracy),
    formatLoss(each.loss),
  ]);
  rows.push(
    ['mean', formatShare(accuracy.mean), formatLoss(loss.mean)],
    ['standard deviation', formatShare(accuracy.standardDeviation), formatLoss(loss.standardDeviation)],
  );
  return [formatHeading(`Results of ${seeds.length} seeds`, style), formatTable(titles, rows, style)];
}

/** What `--json` prints of several seeds. @param runs the documents of the single ones */
export function seedsDocument(
  command: string,
  seeds: readonly number[],
  figures: readonly TestFigures[],
  runs: readonly object[],
): object {
  const errors = figures.flatMap(({ calibrationError }) => calibrationError ?? []);
  return {
    schema: 1,
    command,
    seeds,
    test: {
      accuracy: summarize(figures.map(({ accuracy }) => accuracy)),
      loss: summarize(figures.map(({ loss }) => loss)),
      ...(errors.length === figures.length && { calibrationError: summarize(errors) }),
    },
    runs,
  };
}
