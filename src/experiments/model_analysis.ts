import { deltaOf } from '../model/adapter_algebra.js';
import { topWords, type TopWord } from '../portable/explanation.js';
import { Tensor, type Bags } from '../model/native.js';
import { readTensor } from '../model/parameters.js';
import { TextClassifier, type ModelParts } from '../model/text_classifier.js';
import { summarizeWeightChange, type WeightChange } from '../model/numbers/weight_change.js';
import { rankOf, scaleOf, type Adapter } from '../storage/adapter.js';
import type { Calibration } from '../storage/model_description.js';
import { Vocabulary } from '../text/vocabulary.js';
import {
  classificationReport,
  nameScores,
  predictedClasses,
  type LabelledPredictions,
  type NamedScores,
} from '../training/numbers/classification_report.js';
import { findWeaknesses, refusedCalibration, type ModelFacts, type Warning } from '../training/weaknesses.js';
import { metricOf } from '../training/metric_names.js';
import type { ChosenMetric } from './choose_metric.js';
import { predictLabelled } from '../training/labelled_evaluation.js';

/** The size of a LoRA branch. */
export interface BranchFigures {
  rank: number;
  scale: number;
}

/** The traits of a finished model beyond loss and accuracy: for `run.json`, and for the report that is made of it. */
export interface ModelAnalysis {
  /** The metric that the run goes by, on the test reviews; absent where it is accuracy because nothing else was asked for. */
  metric?: ChosenMetric & { test: number };
  /** On the test reviews, without the confusion matrix where there are too many classes. */
  evaluation: Omit<NamedScores, 'confusion'> & { confusion: NamedScores['confusion'] | null };
  /** The words that speak most for each class, strongest first; null where there are too many classes. */
  topWords: { class: string; words: TopWord[] }[] | null;
  /** The change that the LoRA branch of the hidden layer makes to its W; null where there is no branch. */
  weightChange: (BranchFigures & WeightChange) | null;
  /** The size of the change of the output layer; null where it has no branch. */
  outputChange: (BranchFigures & Pick<WeightChange, 'norm' | 'weightNorm'>) | null;
  /** Why the model may be no good; absent where it was not looked at. */
  warnings?: Warning[];
}

/** What is known of a training. */
export type TrainedFacts = Pick<ModelFacts, 'counts' | 'metric' | 'fit' | 'leaks' | 'hasWordsOfBase'>;

export interface AnalysisInput {
  model: ModelParts;
  /** The adapter that takes part; null: none. */
  adapter: Adapter | null;
  /** The test reviews. */
  bags: Bags;
  labels: Int32Array;
  /** The metric that the run goes by; null: accuracy, as always. */
  metric: ChosenMetric | null;
  /** What is known of the training, to find weaknesses with; null: not to look for any. */
  trained: TrainedFacts | null;
  /** A calibration that was fitted and is not used, which is said in any case. */
  refused: Calibration | null;
  signal?: AbortSignal | undefined;
}

/** More would make `run.json` unwieldy: the confusion matrix grows with their square. */
const mostClasses = 50;
const namedWords = 20;
const noWords = Vocabulary.of([]);

/** Looks at a model as its files have it. @throws the reason of `signal` */
export async function analyzeModel(input: AnalysisInput): Promise<ModelAnalysis> {
  const { model, adapter, bags, labels, metric, trained, refused, signal } = input;
  const classifier = TextClassifier.create(model, adapter);
  try {
    const { classes } = classifier;
    const changes = {
      weightChange: adapter?.branches.has('fc1') === true ? weightChangeOf(classifier) : null,
      outputChange: adapter === null ? null : outputChangeOf(model, adapter),
    };
    const predictions = await predictLabelled(classifier, bags, labels, signal);
    const judged = metric && { metric: { ...metric, test: testOf(metric, predictions) } };
    const found = trained
      ? findWeaknesses({ ...trained, classes, heldOut: heldOutOf(predictions), refused })
      : refusedCalibration({ refused });
    const warnings = (trained !== null || found.length > 0) && { warnings: found };
    const evaluation = nameScores(classes, classificationReport(predictions));
    if (classes.length > mostClasses)
      return { ...judged, evaluation: { ...evaluation, confusion: null }, topWords: null, ...changes, ...warnings };
    const words = topWords(classifier, namedWords);
    return {
      ...judged,
      evaluation,
      topWords: classes.map((name, k) => ({ class: name, words: words[k] ?? [] })),
      ...changes,
      ...warnings,
    };
  } finally {
    classifier.dispose();
  }
}

function heldOutOf(predictions: LabelledPredictions): ModelFacts['heldOut'] {
  const { labels, probabilities } = predictions;
  return { labels, predicted: predictedClasses(predictions), probabilities };
}

function testOf({ name }: ChosenMetric, predictions: LabelledPredictions): number {
  return metricOf(name, predictions.labels, predictedClasses(predictions), predictions.probabilities);
}

function weightChangeOf({ model, featurizer }: TextClassifier): NonNullable<ModelAnalysis['weightChange']> {
  const { hidden } = model;
  const change = hidden.deltaWeight();
  try {
    const summary = summarizeWeightChange(
      readTensor(change),
      readTensor(hidden.weight),
      featurizer.vocabulary,
      namedWords,
    );
    return { rank: hidden.rank, scale: hidden.scale, ...summary };
  } finally {
    change.dispose();
  }
}

function outputChangeOf({ tensors }: ModelParts, adapter: Adapter): ModelAnalysis['outputChange'] {
  const branch = adapter.branches.get('fc2');
  const weight = tensors.get('fc2.weight');
  if (branch === undefined || weight === undefined) return null;
  const scale = scaleOf(adapter, branch);
  using own = Tensor.from(weight.data, weight.shape);
  const { norm, weightNorm } = summarizeWeightChange(deltaOf(own, { branch, factor: scale }), weight, noWords, 0);
  return { rank: rankOf(branch), scale, norm, weightNorm };
}
