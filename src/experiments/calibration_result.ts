import type { Calibration } from '../storage/model_description.js';
import {
  compareCalibration,
  fitCalibration,
  type CalibrationScores,
  type LabelledLogits,
} from '../training/calibration.js';
import { isSane } from '../training/calibration_bounds.js';
import type { ExperimentOptions } from './options.js';

/** A calibration and what it does. */
export interface CalibrationResult {
  calibration: Calibration;
  /** Scores of the reviews that it was fitted on, which the model was not trained on. */
  heldOut: CalibrationScores;
  test: CalibrationScores;
  /** Why it is of another kind than the options ask for; absent where it is not. */
  because?: string;
}

/** What became of the calibration that the options ask for. */
export interface FittedCalibration {
  /** Null where there is none to use. */
  fitted: Omit<CalibrationResult, 'test'> | null;
  /** What was fitted and is not used, for its numbers make no sense. */
  refused: Calibration | null;
}

/**
 * Fits the calibration that the options ask for, of more classes than two a temperature in place of a sigmoid; null where
 * they ask for none.
 */
export function fitOnHeldOut(
  { calibration: kind }: Pick<ExperimentOptions, 'calibration'>,
  readHeldOut: () => LabelledLogits,
): FittedCalibration {
  if (kind === 'none') return { fitted: null, refused: null };
  const heldOut = readHeldOut();
  const { classes } = heldOut;
  const isReplaced = kind === 'sigmoid' && classes !== 2;
  const calibration = fitCalibration(isReplaced ? 'temperature' : kind, heldOut);
  if (!isSane(calibration)) return { fitted: null, refused: calibration };
  const because = `A sigmoid is for two classes and there are ${classes}.`;
  const scores = compareCalibration(heldOut, calibration);
  return { fitted: { calibration, heldOut: scores, ...(isReplaced && { because }) }, refused: null };
}

/** Adds what the calibration does on the test reviews, which are looked at last. */
export function withTest({ fitted }: FittedCalibration, readTest: () => LabelledLogits): CalibrationResult | null {
  return fitted && { ...fitted, test: compareCalibration(readTest(), fitted.calibration) };
}
