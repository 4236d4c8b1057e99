import { readFile } from 'node:fs/promises';
import type { Bags, Tensor } from '../../../binding.js';
import { native } from '../../../src/binding.js';
import { readSafetensors } from '../../../src/storage/safetensors.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';
import { int32, tensorOf } from './models.js';
import { expectClose } from './tolerance.js';

const folder = new URL('../../fixtures/reference/', import.meta.url);

/** What index.json says of every case; each group adds facts of its own. */
interface Facts {
  group: string;
  name: string;
}

/** A case that PyTorch has computed, see scripts/make_reference.py. */
export class ReferenceCase<F> {
  constructor(
    readonly facts: F,
    private readonly tensors: ReadonlyMap<string, StoredTensor>,
  ) {}

  get(role: string): StoredTensor {
    const tensor = this.tensors.get(role);
    if (!tensor) throw new Error(`The reference case has no ${role}`);
    return tensor;
  }

  has(role: string): boolean {
    return this.tensors.has(role);
  }
}

const text = await readFile(new URL('index.json', folder), 'utf8');
const { cases } = JSON.parse(text) as { cases: Facts[] };

/** The cases of a group, as rows for `test.each`. */
export async function referenceCases<F>(group: string): Promise<[string, ReferenceCase<F>][]> {
  const { tensors } = await readSafetensors(new URL(`${group}.safetensors`, folder).pathname);
  const own = cases.filter((facts) => facts.group === group);
  return own.map((facts) => {
    const prefix = `${facts.name}/`;
    const roles = [...tensors].filter(([name]) => name.startsWith(prefix));
    const byRole = new Map(roles.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
    return [facts.name, new ReferenceCase(facts as F, byRole)];
  });
}

export function readBags(reference: ReferenceCase<unknown>, vocabularySize: number): Bags {
  const [ids, offsets, labels] = (['ids', 'offsets', 'labels'] as const).map((role) =>
    int32(reference.get(role)),
  );
  if (!ids || !offsets || !labels) throw new Error('The reference case has no bags');
  return new native.Bags({ ids, offsets, labels, vocabularySize });
}

/** Differentiates sum(output * cotangent), as the reference script does. */
export function backward(output: Tensor, reference: ReferenceCase<unknown>): void {
  output
    .mul(tensorOf(reference.get('cotangent')))
    .sum()
    .backward();
}

export function expectGradient(
  leaf: Tensor,
  reference: ReferenceCase<{ terms: number }>,
  role: string,
): void {
  if (!leaf.grad) throw new Error(`There is no ${role}`);
  expectClose(leaf.grad, reference.get(role), reference.facts.terms);
}
