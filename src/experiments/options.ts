import type { Device, Engine, FloatDtype, LoraInitialization } from '../../binding.js';
import type { LayerName } from '../storage/adapter.js';
import type { CalibrationKind } from '../training/calibration.js';
import { plainSteps } from '../training/pass.js';
import type { PhaseOptions } from '../training/phase.js';

/** What decides the numbers of an experiment, apart from the data. */
export interface ExperimentOptions extends PhaseOptions {
  /** Of every random number: the order of the reviews, the first weights, the order of the batches. */
  seed: number;
  /** Features that are told apart, `<UNK>` included; null: all. */
  vocab: number | null;
  /** Width of the hidden layer; 0: a linear model. */
  hidden: number;
  /** Of full training. */
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
  /** How the LoRA branch starts. */
  init: LoraInitialization;
  /** The probability with which each entry of the LoRA branch's input is left out of a step. */
  loraDropout: number;
  /** Of fine-tuning. */
  loraEpochs: number;
  /** How the epoch before fine-tuning goes: with the same optimizer, or as the notebook's. */
  pretraining: 'same' | 'notebook';
  /** What is fitted on reviews that were held out, so that probabilities come true as often as they say. */
  calibration: CalibrationKind;
  /** Cross-validates in so many parts before the refit; null: validates on the reviews that are held out. */
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
  folds: null,
  refit: false,
  valid: 5000,
} as const) satisfies Readonly<ExperimentOptions> & { valid: number };
