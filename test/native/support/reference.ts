import type { Bags, Tensor } from '../../../binding.js';
import {
  committedCases,
  readReferenceSet,
  type ReferenceCase,
} from '../../../src/experiments/verify/reference_cases.js';
import { bagsOf } from '../../../src/experiments/verify/tensors.js';
import { tensorOf } from './models.js';
import { expectClose } from './tolerance.js';

export type { ReferenceCase };

const { cases } = await readReferenceSet(committedCases());

/** The cases of a group, as rows for `test.each`. */
export function referenceCases<F>(group: string): [string, ReferenceCase<F>][] {
  const own = cases.filter(({ facts }) => facts.group === group) as ReferenceCase<F>[];
  return own.map((reference) => [reference.facts.name, reference]);
}

export function readBags(reference: ReferenceCase, vocabularySize: number): Bags {
  return bagsOf(reference, vocabularySize);
}

/** Differentiates sum(output * cotangent), as the reference script does. */
export function backward(output: Tensor, reference: ReferenceCase): void {
  output
    .mul(tensorOf(reference.get('cotangent')))
    .sum()
    .backward();
}

export function expectGradient(leaf: Tensor, reference: ReferenceCase<{ terms: number }>, role: string): void {
  if (!leaf.grad) throw new Error(`There is no ${role}`);
  expectClose(leaf.grad, reference.get(role), reference.facts.terms);
}
