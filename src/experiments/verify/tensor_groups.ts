import type { Tensor } from '../../model/native.js';
import { crossEntropy, type LossForm } from '../../model/native.js';
import { Comparisons } from './comparisons.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';
import { compareGradients, int32Of, tensorOf } from './tensors.js';

interface OperatorFacts {
  operator: string;
  /** The number of tensors that the operator takes, and which of them are given transposed. */
  inputs: number;
  transposed: number[];
  arguments: (number | number[])[];
  terms: number;
}

/** Recomputes an operator of Tensor and, where it has one, its gradient. */
export function recomputeOperator(reference: ReferenceCase<OperatorFacts>, { device }: NativeBackend): Comparisons {
  const { operator, inputs, arguments: others, transposed, terms } = reference.facts;
  const leaves = Array.from({ length: inputs }, (_, i) => tensorOf(reference.get(`input${i}`), device));
  const differentiable = reference.has('cotangent');
  for (const leaf of leaves) leaf.requiresGrad = differentiable;
  const [first, ...rest] = leaves.map((leaf, i) => (transposed.includes(i) ? leaf.t() : leaf));
  const run = (first as unknown as Record<string, (...values: unknown[]) => Tensor>)[operator];
  const output = run?.call(first, ...rest, ...others) ?? null;
  const comparisons = new Comparisons();
  comparisons.tensor('output', output, reference.get('output'), terms);
  if (differentiable && output !== null) {
    const named = Object.fromEntries(leaves.map((leaf, i) => [`input${i}`, leaf]));
    compareGradients(comparisons, reference, output, named);
  }
  return comparisons;
}

interface LossFacts {
  loss: LossForm;
  classWeights?: number[];
  terms: number;
}

/** Recomputes a loss and its gradient by the logits. */
export function recomputeLoss(reference: ReferenceCase<LossFacts>, { device }: NativeBackend): Comparisons {
  const { loss: form, classWeights, terms } = reference.facts;
  const weights = classWeights && Float64Array.from(classWeights);
  const logits = tensorOf(reference.get('logits'), device);
  logits.requiresGrad = true;
  const loss = crossEntropy(logits, int32Of(reference.get('labels')), form, weights);
  const comparisons = new Comparisons();
  comparisons.tensor('loss', loss, reference.get('loss'), terms);
  loss.backward();
  comparisons.tensor('gradient', logits.grad, reference.get('gradient'), terms);
  return comparisons;
}
