import type { Dataset } from '../../data/dataset.js';
import { crossValidationPlan } from '../../training/linear/fold_plan.js';
import { OutOfFold } from '../../training/linear/out_of_fold.js';
import type { OutOfFold as Probabilities } from '../audit.js';
import { chooseMetric } from '../choose_metric.js';
import { trainPresets } from '../presets.js';
import { averageOf, featuresOf } from './candidate.js';
import { Judge } from './judge.js';
import { linearOptions } from './linear_experiment.js';
import { searchLinear, type LinearInput } from './linear_training.js';

/** How often reviews are dealt out to folds, at least: the mean over models of other reviews doubts labels more surely. */
const leastRepeats = 3;

interface OutOfFoldOptions extends Pick<LinearInput, 'signal' | 'stop' | 'events'> {
  readonly seed: number;
}

/**
 * Chooses a linear model as the preset `auto` does, by cross-validation on the labels as they are, and returns what models
 * say of each training review that were not fitted on it: calibrated probabilities, the mean over several repeats of
 * cross-validation.
 * @param dataset with the features of the preset `auto`, and all reviews among its training reviews
 * @throws ImdbTorchError ERR_USAGE when there are fewer reviews, or groups, than folds; the reason of `signal`
 */
export async function outOfFoldProbabilities(
  dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features' | 'classes'>,
  { seed, ...input }: OutOfFoldOptions,
): Promise<Probabilities> {
  const classes = dataset.classes.length;
  const metric = chooseMetric('auto', dataset.splits.train.labels, classes).name;
  const options = { ...linearOptions({ ...trainPresets.auto, seed }, dataset.features), metric };
  const { search, plan, judge, fitting, sets } = await searchLinear({
    ...{ ...input, dataset, classes, options },
    classWeights: null,
  });
  try {
    const { candidate } = search.chosen;
    sets.keepOnly(featuresOf(candidate));
    const repeats = Math.max(plan.repeats, leastRepeats);
    const folds = crossValidationPlan(sets.all, { classes, folds: plan.folds, repeats, seed });
    const outOfFold = new OutOfFold((name) => sets.with(name), folds.folds, fitting);
    const onFitting = (done: number, total: number): void => input.events?.onFitting?.(done, total);
    await outOfFold.prepare([averageOf(candidate)], folds.folds.length, onFitting);
    return {
      labels: dataset.splits.train.labels,
      probabilities: new Judge(outOfFold, folds, judge.options).probabilities(candidate),
    };
  } finally {
    sets.dispose();
  }
}
