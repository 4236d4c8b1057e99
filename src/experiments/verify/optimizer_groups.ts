import {
  Adam,
  AdamW,
  Classifier,
  Generator,
  Linear,
  LoraLinear,
  Sgd,
  SparseAdam,
  type FloatDtype,
  type Optimizer,
  type SgdOptions,
  type Tensor,
} from '../../model/native.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { Comparisons, toleranceOf } from './comparisons.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';
import { bagsOf, int32Of, tensorOf } from './tensors.js';

const optimizers = { Sgd, Adam, AdamW, SparseAdam };

interface OptimizerFacts {
  dtype: FloatDtype;
  optimizer: keyof typeof optimizers;
  /** The options of the optimizer, whichever it is. */
  options: SgdOptions;
  /** The steps, from 1, after which the parameters are compared. */
  kept: number[];
  terms: number;
}

interface OptimizerTrainingFacts extends OptimizerFacts {
  vocabulary: number;
  /** The width of the hidden layer; 0: a linear model. */
  hidden: number;
  classes: number;
  batchSize: number;
  /** The largest norm of a gradient. */
  clip: number | null;
}

/** Recomputes steps of a matrix and a vector, in groups of their own, with given gradients; then the optimizer's state. */
export function recomputeOptimizer(reference: ReferenceCase<OptimizerFacts>, { device }: NativeBackend): Comparisons {
  const { optimizer: kind, options, kept, terms } = reference.facts;
  const comparisons = new Comparisons();
  const names = ['matrix', 'vector'] as const;
  const [matrix, vector] = names.map((name) => tensorOf(reference.get(`before.${name}`), device));
  const [ofMatrix, ofVector] = names.map((name) => reference.get(`gradient.${name}`));
  if (!matrix || !vector || !ofMatrix || !ofVector) return comparisons;
  for (const leaf of [matrix, vector]) leaf.requiresGrad = true;
  const groups = [{ params: [matrix] }, { params: [vector], lr: options.lr / 2 }];
  const optimizer = new optimizers[kind](groups, options);
  for (let step = 1; step <= (ofMatrix.shape[0] ?? 0); step++) {
    setGradient(matrix, tensorOf(stepOf(ofMatrix, step - 1), device));
    setGradient(vector, tensorOf(stepOf(ofVector, step - 1), device));
    optimizer.step();
    compareStep(comparisons, reference, { matrix, vector }, kept.indexOf(step));
  }
  for (const [key, value] of Object.entries(optimizer.stateDict())) {
    if (key.endsWith('.step')) comparisons.same(key, value, ofMatrix.shape[0]);
    else if (typeof value !== 'number') comparisons.tensor(key, value, reference.get(key), terms);
  }
  return comparisons;
}

/** Recomputes a training over bags with a falling learning rate, and stops for comparisons after some steps. */
export function recomputeOptimizerTraining(
  reference: ReferenceCase<OptimizerTrainingFacts>,
  backend: NativeBackend,
): Comparisons {
  const { optimizer: kind, options, kept, vocabulary, batchSize, clip, dtype, terms } = reference.facts;
  const comparisons = new Comparisons();
  const { hidden, output } = createLayers(reference.facts, backend);
  const classifier = new Classifier({ hidden, output, engine: backend.engine });
  try {
    const parameters = { weight: hidden.weight, bias: hidden.bias, ...parametersOf(output) };
    for (const [name, tensor] of Object.entries(parameters)) {
      tensor.copy_(tensorOf(reference.get(`before.${name}`), backend.device));
    }
    const bags = bagsOf(reference, vocabulary);
    const optimizer: Optimizer = new optimizers[kind](Object.values(parameters), options);
    const rows = int32Of(reference.get('rows'));
    const lrFactors = Float64Array.from(reference.get('lrFactors').data, Number);
    const losses: number[] = [];
    for (const [index, end] of kept.entries()) {
      const begin = kept[index - 1] ?? 0;
      const own = classifier.trainBatches(bags, rows.subarray(begin * batchSize, end * batchSize), {
        ...{ batchSize, optimizer, loss: 'logits', lrFactors: lrFactors.slice(begin, end) },
        ...(clip === null ? {} : { maxGradNorm: clip }),
      });
      losses.push(...own);
      compareStep(comparisons, reference, parameters, index);
    }
    comparisons.values('losses', losses, reference.get('losses'), toleranceOf(dtype, terms));
  } finally {
    for (const part of [classifier, output, hidden]) part?.dispose();
  }
  return comparisons;
}

interface OptimizedLayers {
  hidden: LoraLinear;
  output: Linear | null;
}

function createLayers(facts: OptimizerTrainingFacts, { device }: NativeBackend): OptimizedLayers {
  const { vocabulary, hidden: width, classes, dtype } = facts;
  const generator = new Generator(0);
  const options = { dtype, device, generator };
  const outFeatures = width === 0 ? classes : width;
  const hidden = new LoraLinear({ inFeatures: vocabulary, outFeatures, rank: 1, alpha: 1, ...options });
  const output = width === 0 ? null : new Linear({ inFeatures: width, outFeatures: classes, ...options });
  generator.dispose();
  return { hidden, output };
}

function parametersOf(output: OptimizedLayers['output']): Record<string, Tensor> {
  return output === null ? {} : { outputWeight: output.weight, outputBias: output.bias };
}

/** Gives `leaf` a gradient. */
function setGradient(leaf: Tensor, gradient: Tensor): void {
  leaf.zeroGrad();
  leaf.mul(gradient).sum().backward();
}

/** Compares the parameters with those that were kept as number `index`; does nothing for -1. */
function compareStep(
  comparisons: Comparisons,
  reference: ReferenceCase<OptimizerFacts>,
  parameters: Readonly<Record<string, Tensor>>,
  index: number,
): void {
  if (index < 0) return;
  const { kept, terms } = reference.facts;
  for (const [name, tensor] of Object.entries(parameters)) {
    const expected = stepOf(reference.get(`after.${name}`), index);
    comparisons.tensor(`${name} after step ${kept[index] ?? 0}`, tensor, expected, terms);
  }
}

/** Returns the values of one step of a tensor whose first dimension is steps. */
function stepOf({ dtype, shape, data }: StoredTensor, index: number): StoredTensor {
  const size = data.length / (shape[0] ?? 1);
  return { dtype, shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) };
}
