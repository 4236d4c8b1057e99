/** Short trainings with every option. */
import type { Bags, Classifier, Engine, FloatDtype, Optimizer, Tensor } from '../../../binding.js';
import { native } from '../../../src/binding.js';
import { allRows, bits } from './models.js';

/** Adam divides by the size of a gradient, and so by rounding where that is 0 but for rounding. */
const eps = 1e-3;

export const optimizers = {
  plain: ['Sgd', {}],
  decay: ['Sgd', { weightDecay: 0.01 }],
  nesterov: ['Sgd', { momentum: 0.9, nesterov: true, weightDecay: 0.01 }],
  adam: ['Adam', { eps }],
  adamw: ['AdamW', { eps, weightDecay: 0.1 }],
  sparse: ['SparseAdam', { eps }],
} as const;

export type OptimizerName = keyof typeof optimizers;

export interface Training {
  engine: Engine;
  dtype?: FloatDtype;
  bags: Bags;
  /** 0: a linear model. */
  hidden: number;
  classes: number;
  optimizer: OptimizerName;
  /** The base is frozen, and a branch of this rank is trained. */
  rank?: number | undefined;
  batchSize?: number;
  clip?: number | undefined;
  dropout?: number | undefined;
  branchDropout?: number | undefined;
  seed?: number | bigint;
}

export interface Trained {
  classifier: Classifier;
  parameters: Record<'weight' | 'bias' | 'up' | 'down', Tensor> & {
    outputWeight?: Tensor;
    outputBias?: Tensor;
  };
  optimizer: Optimizer;
}

/** The layers, of which those that are trained are the optimizer's. */
export function createTrained(training: Training): Trained {
  const { engine, dtype = 'float32', bags, hidden: width, classes, rank } = training;
  const generator = new native.Generator(1);
  const placement = { dtype, generator };
  const inFeatures = bags.vocabularySize;
  const hidden = new native.LoraLinear({
    ...placement,
    inFeatures,
    outFeatures: width === 0 ? classes : width,
    rank: rank ?? 1,
    alpha: 1,
    initialization: 'gaussian',
  });
  const output = width === 0 ? null : new native.Linear({ ...placement, inFeatures: width, outFeatures: classes });
  hidden.dropout = training.branchDropout ?? 0;
  hidden.loraEnabled = rank !== undefined;
  hidden.setTrainable({ base: rank === undefined, lora: rank !== undefined });
  const { weight, bias, up, down } = hidden;
  const parameters = {
    ...{ weight, bias, up, down },
    ...(output && { outputWeight: output.weight, outputBias: output.bias }),
  };
  const [kind, options] = optimizers[training.optimizer];
  const trained = Object.values(parameters).filter((tensor) => tensor.requiresGrad);
  const optimizer = new native[kind](trained, { lr: 0.05, ...options });
  return { classifier: new native.Classifier({ hidden, output, engine }), parameters, optimizer };
}

/** Trains on rows with a falling learning rate. @returns the losses */
export function train(
  { classifier, optimizer }: Trained,
  { bags, batchSize = 8, clip, dropout, branchDropout, seed = 1 }: Training,
  rows = allRows(bags),
): Float64Array {
  const batches = Math.ceil(rows.length / batchSize);
  return classifier.trainBatches(bags, rows, {
    ...{ batchSize, optimizer, loss: 'logits' },
    lrFactors: Float64Array.from({ length: batches }, (_, batch) => 1 - batch / (batches + 1)),
    ...(clip === undefined ? {} : { maxGradNorm: clip }),
    ...(dropout === undefined ? {} : { inputDropout: dropout }),
    ...((dropout ?? branchDropout) === undefined ? {} : { dropoutSeed: seed }),
  });
}

/** All that a training computes, as bits: losses, parameters, state of the optimizer, logits. */
export function trainedBits(training: Training): string[] {
  const trained = createTrained(training);
  const losses = train(trained, training);
  const state = Object.entries(trained.optimizer.stateDict());
  return [
    bits(losses),
    ...Object.values(trained.parameters).map(bits),
    ...state.map(([name, value]) => name + (typeof value === 'number' ? String(value) : bits(value))),
    bits(trained.classifier.forward(training.bags)),
  ];
}
