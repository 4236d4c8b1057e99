import type { CalibrationScores } from '../../training/calibration.js';
import type { Metrics } from '../../training/evaluation.js';
import { summarize } from '../../training/statistics.js';
import { type LineStyle, formatHeading } from './line_style.js';
import { formatLoss, formatShare } from '../format.js';
import { formatTable } from './table.js';

/** The figures of a run on the test reviews; those of calibrated probabilities where it has them. */
export interface TestFigures extends Metrics {
  calibrationError?: number;
}

/** @param calibration of the run, where it has one: its log loss and accuracy are then those that count */
export function testFigures(test: Metrics, calibration: { test: CalibrationScores } | undefined): TestFigures {
  if (calibration === undefined) return { accuracy: test.accuracy, loss: test.loss };
  const { accuracy, logLoss: loss, calibrationError } = calibration.test.after;
  return { accuracy, loss, calibrationError };
}

/** Describes the figures of several seeds, their mean and their standard deviation. */
export function describeSeeds(seeds: readonly number[], figures: readonly TestFigures[], style: LineStyle): string[] {
  const titles = ['seed', 'test accuracy', 'loss'];
  const accuracy = summarize(figures.map((each) => each.accuracy));
  const loss = summarize(figures.map((each) => each.loss));
  const rows = figures.map((each, index) => [String(seeds[index]), formatShare(each.accuracy), formatLoss(each.loss)]);
  rows.push(
    ['mean', formatShare(accuracy.mean), formatLoss(loss.mean)],
    ['standard deviation', formatShare(accuracy.standardDeviation), formatLoss(loss.standardDeviation)],
  );
  return [formatHeading(`Results of ${seeds.length} seeds`, style), formatTable(titles, rows, style)];
}

/** Returns the document that `--json` prints for several seeds. @param runs the documents of the single ones */
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
