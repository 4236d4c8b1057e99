import type { Calibration } from '../storage/model_description.js';
import {
  compareCalibration,
  fitCalibration,
  type CalibrationScores,
  type LabelledLogits,
} from '../training/calibration.js';
import type { ExperimentOptions } from './options.js';

/** A calibration and what it does. */
export interface CalibrationResult {
  calibration: Calibration;
  /** On the reviews that it was fitted on, which the model was not trained on. */
  heldOut: CalibrationScores;
  test: CalibrationScores;
}

/** The calibration that the options ask for, if they do. */
export function fitOnHeldOut(
  { calibration: kind }: Pick<ExperimentOptions, 'calibration'>,
  held: () => LabelledLogits,
): Omit<CalibrationResult, 'test'> | null {
  if (kind === 'none') return null;
  const reviews = held();
  const calibration = fitCalibration(kind, reviews);
  return { calibration, heldOut: compareCalibration(reviews, calibration) };
}

/** Adds what the calibration does on the test reviews, which are looked at last. */
export function withTest(
  fitted: Omit<CalibrationResult, 'test'> | null,
  test: () => LabelledLogits,
): CalibrationResult | null {
  return fitted && { ...fitted, test: compareCalibration(test(), fitted.calibration) };
}
