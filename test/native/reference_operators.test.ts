/** The operators of Tensor and the losses, against what PyTorch has computed, see scripts/make_reference.py. */
import { describe, expect, test } from '@jest/globals';
import type { LossForm, Tensor } from '../../binding.js';
import { native } from '../../src/binding.js';
import { int32, tensorOf } from './support/models.js';
import { backward, expectGradient, referenceCases } from './support/reference.js';
import { expectClose } from './support/tolerance.js';

interface OperatorFacts {
  operator: string;
  inputs: number;
  arguments: (number | number[])[];
  transposed: number[];
  terms: number;
}

const operatorCases = await referenceCases<OperatorFacts>('operators');

describe('an operator of Tensor', () => {
  test.each(operatorCases)('when %s runs then value and gradients are those of PyTorch', (_, reference) => {
    const { operator, inputs, arguments: others, transposed, terms } = reference.facts;
    const leaves = Array.from({ length: inputs }, (_, i) => tensorOf(reference.get(`input${i}`)));
    const differentiable = reference.has('cotangent');
    if (differentiable) for (const leaf of leaves) leaf.requiresGrad = true;
    const [first, ...rest] = leaves.map((leaf, i) => (transposed.includes(i) ? leaf.t() : leaf));
    const run = (first as unknown as Record<string, (...values: unknown[]) => Tensor>)[operator];
    const output = run?.call(first, ...rest, ...others);
    if (!output) throw new Error(`no operator ${operator}`);
    expectClose(output, reference.get('output'), terms);
    if (!differentiable) return;
    backward(output, reference);
    leaves.forEach((leaf, i) => {
      expectGradient(leaf, reference, `gradient${i}`);
    });
  });

  test('when every operator that returns a tensor is listed then each has a case', () => {
    const tested = new Set(operatorCases.map(([, { facts }]) => facts.operator));
    const others = ['to', 'detach', 'copy_', 'equal', 'isFinite', 'backward', 'zeroGrad', 'dispose', 'item'];
    const descriptors = Object.entries(Object.getOwnPropertyDescriptors(native.Tensor.prototype));
    const methods = descriptors.filter(([, { value }]) => typeof value === 'function').map(([name]) => name);
    const operators = methods.filter((name) => !['constructor', 'toTypedArray', ...others].includes(name));
    expect([...tested].sort()).toEqual(operators.sort());
  });
});

const lossCases = await referenceCases<{ loss: LossForm; terms: number }>('losses');

describe('crossEntropy', () => {
  test.each(lossCases)('when it is %s then value and gradient are those of PyTorch', (_, reference) => {
    const logits = tensorOf(reference.get('logits'));
    logits.requiresGrad = true;
    const loss = native.crossEntropy(logits, int32(reference.get('labels')), reference.facts.loss);
    expectClose(loss, reference.get('loss'), reference.facts.terms);
    loss.backward();
    expectGradient(logits, reference, 'gradient');
  });
});
