import { joinReviews } from '../data/splits/reviews.js';
import { readModule } from '../model/parameters.js';
import type { LabelledLogits } from '../training/calibration.js';
import { readLogits } from '../training/metrics.js';
import { runRefit, runTest, runTraining } from '../training/phase.js';
import { dualCoordinateDescent } from '../training/optimizer_options.js';
import { createFoldBags } from '../training/split_bags.js';
import { runLinearExperiment } from './auto/linear_experiment.js';
import { fitOnHeldOut, withTest } from './calibration_result.js';
import {
  checkInput,
  classWeightsFor,
  validationMetric,
  withFeatureWeights,
  withNewModel,
  type ExperimentInput,
} from './experiment_model.js';
import { validate } from './cross_validation.js';
import type { FullTrainingResult } from './full_training_result.js';

/**
 * Trains every parameter but the LoRA branch, as the notebook's first experiment does; fits a calibration on reviews
 * that were held out, and trains a new model on all of them, where the options ask for it. The test reviews are looked
 * at when all that is done. Disposes of the bags before it trains on all reviews.
 */
export async function runFullTraining(input: ExperimentInput): Promise<FullTrainingResult> {
  checkInput(input, 'input');
  if (input.options.optimizer === dualCoordinateDescent) return runLinearExperiment(input);
  return input.options.refit ? validateAndRefit(input) : trainOnce(input);
}

async function trainOnce(input: ExperimentInput): Promise<FullTrainingResult> {
  const { bags, dataset, options, classes } = input;
  return withNewModel(input, async (own) => {
    const classWeights = classWeightsFor(input, dataset.splits.train.labels);
    const metric = validationMetric(input, dataset.splits.valid.labels);
    const context = { ...input, ...own, classWeights, metric };
    const logitsOf = (split: 'valid' | 'test') => (): LabelledLogits => ({
      logits: readLogits(own.model.classifier, bags[split]),
      labels: dataset.splits[split].labels,
      classes,
    });
    const full = await runTraining(context, 'full', options.epochs);
    const fitted = fitOnHeldOut(options, logitsOf('valid'));
    const tested = await runTest(context, 'full');
    return {
      full: { ...full, ...tested },
      folds: null,
      calibration: withTest(fitted, logitsOf('test')),
      refusedCalibration: fitted.refused,
      refit: null,
      module: withFeatureWeights(readModule(own.model), dataset.weights),
      test: bags.test,
      dispose: () => undefined,
    };
  });
}

async function validateAndRefit(input: ExperimentInput): Promise<FullTrainingResult> {
  const { bags, dataset, options, classes } = input;
  const { full, folds, heldOut, epochs } = await validate(input);
  const fitted = fitOnHeldOut(options, () => heldOut);
  const { train, valid, test } = dataset.splits;
  // Memory that is freed first serves the bags that come now.
  bags.dispose();
  const joined = joinReviews([train, valid]);
  const classWeights = classWeightsFor(input, joined.labels);
  const all = createFoldBags(input, joined, test);
  return withNewModel(input, async (own) => {
    const context = { ...input, ...own, classWeights, bags: { train: all.train, test: all.heldOut } };
    const refit = await runRefit(context, options.epochs, epochs);
    const tested = await runTest(context, 'refit');
    const logits = (): Float64Array => readLogits(own.model.classifier, all.heldOut);
    return {
      full: { ...full, ...tested },
      folds,
      calibration: withTest(fitted, () => ({ logits: logits(), labels: test.labels, classes })),
      refusedCalibration: fitted.refused,
      refit,
      module: withFeatureWeights(readModule(own.model), all.weights),
      test: all.heldOut,
      dispose: () => {
        all.dispose();
      },
    };
  });
}
