import type { Dataset } from '../data/dataset.js';
import type { Bags } from '../model/native.js';
import type { Module } from '../model/parameters.js';
import type { Calibration } from '../storage/model_description.js';
import type { PhaseResult, RefitResult } from '../training/phase.js';
import type { LinearTraining } from './auto/linear_training.js';
import type { CalibrationResult } from './calibration_result.js';
import type { FoldResult } from './cross_validation.js';

/** What a linear model has beside other full trainings. */
export interface LinearOutcome {
  readonly training: LinearTraining;
  /** The features that the model looks at, and the reviews with those alone. */
  readonly dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features'>;
}

export interface FullTrainingResult {
  /** The training with validation; with folds that of the first one. The test is that of the final model. */
  full: PhaseResult;
  folds: FoldResult[] | null;
  calibration: CalibrationResult | null;
  /** What was fitted and is not used, for its numbers make no sense. */
  refusedCalibration?: Calibration | null;
  refit: RefitResult | null;
  /** The trained model, as `model.safetensors` holds it. */
  module: Module;
  /** The test reviews as the model reads them. */
  test: Bags;
  /** Of a linear model that dual coordinate descent has fitted. */
  linear?: LinearOutcome;
  /** Frees `test` where it is not that of the input. */
  dispose(): void;
}
