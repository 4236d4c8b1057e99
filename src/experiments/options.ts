import type { Device, Engine, FloatDtype, LoraInitialization, LossForm } from '../../binding.js';

/** What decides the numbers of an experiment, apart from the data. */
export interface ExperimentOptions {
  /** Of every random number: the order of the reviews, the first weights, the order of the batches. */
  seed: number;
  /** Features that are told apart, `<UNK>` included; null: all. */
  vocabularySize: number | null;
  /** Width of the hidden layer. */
  hidden: number;
  learningRate: number;
  /** Of full training. */
  epochs: number;
  batchSize: number;
  loss: LossForm;
  engine: Engine | 'auto';
  dtype: FloatDtype;
  device: Device | 'auto';
  rank: number;
  alpha: number;
  /** Whether the LoRA branch is scaled by alpha / sqrt(rank) rather than alpha / rank. */
  useRslora: boolean;
  useDora: boolean;
  /** How the LoRA branch starts. */
  initialization: LoraInitialization;
  /** Of fine-tuning. */
  loraEpochs: number;
}

/** The notebook's constants. */
export const notebook = Object.freeze({
  seed: 123,
  vocabularySize: 20_000,
  hidden: 200,
  learningRate: 0.1,
  epochs: 7,
  batchSize: 128,
  loss: 'softmax',
  engine: 'auto',
  dtype: 'float32',
  device: 'auto',
  rank: 1,
  alpha: 1,
  useRslora: false,
  useDora: false,
  initialization: 'notebook',
  loraEpochs: 10,
  validationSize: 5000,
} as const) satisfies Readonly<ExperimentOptions> & { validationSize: number };
