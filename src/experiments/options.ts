import type { Device, Engine, FloatDtype, LoraInitialization } from '../../binding.js';
import type { LayerName } from '../storage/adapter.js';
import type { CalibrationKind } from '../training/calibration.js';
import type { ClassWeighting } from '../training/class_weights.js';
import type { PhaseOptions } from '../training/phase.js';
import type { MetricChoice } from './choose_metric.js';
import type { Weighting } from '../text/weighting/weightings.js';
import { plainSteps } from '../training/step_options.js';

/** The options of a linear model that dual coordinate descent fits, and of the search for them. */
export interface LinearSettings {
  /** The weightings of features; models of several are averaged. None by default. */
  weighting?: Weighting | readonly Weighting[];
  /** The factor of n-grams of characters, 1 by default. */
  characterWeight?: number;
  /** How much mistakes cost against large weights: C of LIBLINEAR and of scikit-learn's `LinearSVC`. */
  cost: number;
  /** The share of the reviews with the most doubtful labels that the model is not fitted on. */
  cleanUp: number;
  /** How often reviews are dealt out to folds. */
  repeats: number;
  /** Whether thresholds are fitted for the metric, or the most probable class is taken. */
  decision: 'argmax' | 'fitted';
  /**
   * `none` takes the options as they are; `auto` chooses those that are not `fixed`, and `wide` among more: of a linear model
   * its features, weighting and cost, of fine-tuning the learning rate and the number of epochs.
   */
  search: 'none' | 'auto' | 'wide';
  /** The names of options that a search takes as they are. */
  fixed?: readonly string[];
  /** Seconds after which a search ends; null: when its plan does. */
  budget: number | null;
  /** Whether a linear model is also fitted on parts of the reviews, to see what more of them would bring. */
  learningCurve: boolean;
}

/** The options that decide the numbers of an experiment, apart from the data. */
export interface ExperimentOptions extends PhaseOptions, LinearSettings {
  /** The seed of every random number: the order of the reviews, the first weights, the order of the batches. */
  seed: number;
  /** The weights of the classes in the loss; evaluations have none. By default none. */
  classWeight?: ClassWeighting;
  /** Number of features, `<UNK>` included; null: all. */
  vocab: number | null;
  /** Width of the hidden layer; 0: a linear model. */
  hidden: number;
  /** Number of epochs of full training. */
  epochs: number;
  engine: Engine | 'auto';
  dtype: FloatDtype;
  device: Device | 'auto';
  /** The layers that fine-tuning gives a LoRA branch: the hidden layer, `fc1`, the output layer, `fc2`, or both. */
  target: readonly LayerName[];
  rank: number;
  alpha: number;
  /** Whether a LoRA branch is scaled by alpha / sqrt(rank) rather than alpha / rank. */
  useRslora: boolean;
  useDora: boolean;
  /** The values that the LoRA branch starts from. */
  init: LoraInitialization;
  /** The probability with which each entry of the LoRA branch's input is left out of a step. */
  loraDropout: number;
  /** Number of epochs of fine-tuning. */
  loraEpochs: number;
  /** Whether the epoch before fine-tuning goes as fine-tuning does, or as a preset of full training. */
  pretraining: 'same' | 'notebook' | 'fixed';
  /** The calibration that is fitted on held-out reviews, so that probabilities come true as often as they say. */
  calibration: CalibrationKind;
  /** The metric that early stopping goes by, and that the result is told in. */
  metric: MetricChoice;
  /** Number of folds that are validated before the refit; null: validates on the reviews that are held out. */
  folds: number | null;
  /** Whether a new model is trained on all training reviews in the end, those held out included. */
  refit: boolean;
}

/** The notebook's constants. */
export const notebook = Object.freeze({
  seed: 123,
  vocab: 20_000,
  hidden: 200,
  optimizer: 'sgd',
  lr: 0.1,
  momentum: 0,
  nesterov: false,
  weightDecay: 0,
  betas: null,
  eps: null,
  ...plainSteps,
  lrUp: null,
  lrDown: null,
  patience: null,
  epochs: 7,
  batch: 128,
  loss: 'softmax',
  classWeight: 'none',
  engine: 'auto',
  dtype: 'float32',
  device: 'auto',
  target: ['fc1'],
  rank: 1,
  alpha: 1,
  useRslora: false,
  useDora: false,
  init: 'notebook',
  loraDropout: 0,
  loraEpochs: 10,
  pretraining: 'same',
  calibration: 'none',
  metric: 'accuracy',
  folds: null,
  refit: false,
  cost: 1,
  cleanUp: 0,
  repeats: 1,
  decision: 'argmax',
  search: 'none',
  budget: null,
  learningCurve: false,
  valid: 5000,
} as const) satisfies Readonly<ExperimentOptions> & { valid: number };
