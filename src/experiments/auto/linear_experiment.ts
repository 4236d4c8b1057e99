import { performance } from 'node:perf_hooks';
import type { EncodedSplit } from '../../data/splits/encoded_splits.js';
import { joinReviews } from '../../data/splits/reviews.js';
import { createClassifier, type ClassifierModel } from '../../model/classifier_model.js';
import type { Bags } from '../../model/native.js';
import { decide } from '../../portable/numbers/decision.js';
import { probabilitiesOf } from '../../portable/numbers/probabilities.js';
import { countParameters, loadModule, type Module } from '../../model/parameters.js';
import { metricOf } from '../../training/metric_names.js';
import { readLogits } from '../../training/metrics.js';
import type { Metrics } from '../../training/evaluation.js';
import type { PhaseResult } from '../../training/phase.js';
import type { FeatureOptions } from '../../text/features.js';
import { chooseMetric } from '../choose_metric.js';
import { classWeightsFor, type ExperimentInput } from '../experiment_model.js';
import type { FullTrainingResult } from '../full_training_result.js';
import type { ExperimentOptions } from '../options.js';
import type { LinearReviews } from '../../training/linear/linear_reviews.js';
import { assertLinear } from './linear_requirements.js';
import { trainLinear, type LinearInput, type LinearOptions, type LinearTraining } from './linear_training.js';
import { keepBags, withBags } from './used_bags.js';

/**
 * Trains as `trainLinear` does, and tests. The only epoch of the result has the loss and accuracy of the training reviews by
 * the final model, and those of held-out reviews by models that were not fitted on them.
 * @throws ImdbTorchError ERR_USAGE for options or features that this optimizer has no use for; what `trainLinear` throws
 */
export async function runLinearExperiment(input: ExperimentInput): Promise<FullTrainingResult> {
  const { dataset, classes, options, signal, stop, events } = input;
  assertLinear(options, dataset.features);
  // Memory that is freed first serves what comes now.
  input.bags.dispose();
  const { labels } = joinReviews([dataset.splits.train, dataset.splits.valid]);
  const metric = chooseMetric(options.metric, dataset.splits.train.labels, classes).name;
  const classWeights = classWeightsFor(input, labels) ?? null;
  const linear = {
    dataset,
    classes,
    options: { ...linearOptions(options, dataset.features), metric },
    classWeights,
    signal,
    stop,
    events,
  };
  const training = await trainLinear(linear);
  // Its features as typed arrays are enough from here on.
  training.reviews.dispose();
  const result = testTraining(training, dataset, classes);
  await events?.onFitted?.(result.full);
  return result;
}

/** Takes the options of a linear model from those of an experiment. */
export function linearOptions(options: ExperimentOptions, features: FeatureOptions): Omit<LinearOptions, 'metric'> {
  const { weighting = 'none', characterWeight = 1, fixed = [] } = options;
  const { ngrams, characters = null } = features;
  return {
    ...options,
    ngrams,
    characters,
    characterWeight,
    weighting: typeof weighting === 'string' ? [weighting] : weighting,
    fixed,
  };
}

function testTraining(training: LinearTraining, whole: LinearInput['dataset'], classes: number): FullTrainingResult {
  const dataset = withSubset(whole, training);
  const module = moduleOf(training, classes);
  const { vocabulary, features: options, splits } = dataset;
  const weighting = { options, vocabulary, weights: null };
  const model = modelOf(module, vocabulary.size, classes);
  const { decision, reviews } = training;
  const metricsOf = (bags: Bags, labels: Int32Array): Metrics =>
    metricsOfLogits(readLogits(model.classifier, bags), labels, { classes, decision });
  const begun = performance.now();
  try {
    const train = withBags({ ...reviews.selected, labels: reviews.labels }, weighting, metricsOf);
    const { bags: test, result: tested } = keepBags(splits.test, weighting, metricsOf);
    const seconds = (performance.now() - begun) / 1000;
    return {
      full: phaseOf(training, countParameters(model), { train, test: tested }, seconds),
      folds: null,
      calibration: null,
      refit: { epochs: 1, reviews: reviews.labels.length, seconds: training.seconds },
      module,
      test,
      linear: { training, dataset },
      dispose: () => {
        test.dispose();
      },
    };
  } finally {
    model.dispose();
  }
}

/** Leaves only the features that the model looks at in the data set, and says what they are. */
function withSubset(dataset: LinearInput['dataset'], { reviews, options }: LinearTraining): LinearInput['dataset'] {
  const { subset } = reviews;
  const { ngrams, characters } = options;
  const select = (split: EncodedSplit): EncodedSplit => ({ ...split, ...subset.select(split) });
  const { train, valid, test } = dataset.splits;
  return {
    vocabulary: subset.vocabulary,
    features: { ...withoutCharacters(dataset.features), ngrams, ...(characters && { characters }) },
    splits: { train: select(train), valid: select(valid), test: select(test) },
  };
}

function withoutCharacters(features: FeatureOptions): FeatureOptions {
  const others: Record<string, unknown> = { ...features };
  delete others.characters;
  return others as unknown as FeatureOptions;
}

function moduleOf({ table: { weight, bias } }: LinearTraining, classes: number): Module {
  return new Map([
    ['fc1.weight', { dtype: 'float32', shape: [classes, weight.length / classes], data: weight }],
    ['fc1.bias', { dtype: 'float32', shape: [classes], data: bias }],
  ]);
}

function modelOf(module: Module, vocabularySize: number, classes: number): ClassifierModel {
  const model = createClassifier({ vocabularySize, hidden: 0, classes, engine: 'fused' });
  loadModule(model, module);
  return model;
}

/** The log loss of the probabilities, and the share of the classes that are decided for rightly. */
function metricsOfLogits(
  logits: Float64Array,
  labels: Int32Array,
  { classes, decision: { offsets } }: { classes: number; decision: LinearTraining['decision'] },
): Metrics {
  const probabilities = probabilitiesOf(logits, classes, null);
  const predicted = decide(probabilities, classes, offsets === null ? undefined : { offsets });
  const [loss, accuracy] = (['log-loss', 'accuracy'] as const).map((name) =>
    metricOf(name, labels, predicted, probabilities),
  );
  return { loss: loss ?? NaN, accuracy: accuracy ?? NaN };
}

function phaseOf(
  { judgement, plan, seconds, reviews }: LinearTraining,
  { total }: { total: number },
  { train, test }: { train: Metrics; test: Metrics },
  evaluateSeconds: number,
): PhaseResult {
  const { outcome } = judgement;
  const labels = Int32Array.from(plan.rows, (row) => reviews.labels[row] ?? 0);
  const valid = {
    loss: metricOf('log-loss', labels, outcome.predicted, outcome.probabilities),
    accuracy: metricOf('accuracy', labels, outcome.predicted, outcome.probabilities),
  };
  return {
    parameters: { trainable: total, total },
    before: { train: beforeTraining(reviews) },
    beforeSeconds: 0,
    firstSteps: [],
    epochs: [{ epoch: 1, seconds, evaluateSeconds, train, valid }],
    test,
    testSeconds: 0,
  };
}

/** Without weights all classes are equally probable, and the first one is taken. */
function beforeTraining({ labels, classes }: LinearReviews): Metrics {
  const first = labels.reduce((count, label) => count + Number(label === 0), 0);
  return { loss: Math.log(classes), accuracy: first / labels.length };
}
