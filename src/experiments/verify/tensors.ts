import { Bags, Tensor, type Device } from '../../model/native.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import type { Comparisons } from './comparisons.js';
import type { ReferenceCase } from './reference_cases.js';

export function tensorOf({ data, shape }: StoredTensor, device: Device): Tensor {
  return Tensor.from(data, shape).to({ device });
}

export function int32Of({ data }: StoredTensor): Int32Array {
  return Int32Array.from(data, Number);
}

/** Makes the bags of a case, which keeps them as compressed rows. */
export function bagsOf(reference: ReferenceCase, vocabularySize: number): Bags {
  const [ids, offsets, labels] = ['ids', 'offsets', 'labels'].map((role) => int32Of(reference.get(role)));
  const values = reference.has('values') ? { values: Float32Array.from(reference.get('values').data, Number) } : {};
  return new Bags({ ids, offsets, labels, vocabularySize, ...values } as ConstructorParameters<typeof Bags>[0]);
}

/** Returns the bags of a case as rows of ones and zeros, `[bags, vocabularySize]`. */
export function multiHotOf(reference: ReferenceCase, vocabularySize: number): StoredTensor {
  const [ids, offsets] = [int32Of(reference.get('ids')), int32Of(reference.get('offsets'))];
  const count = offsets.length - 1;
  const data = reference.facts.dtype === 'float64' ? Float64Array : Float32Array;
  const rows = new data(count * vocabularySize);
  for (let row = 0; row < count; row++) {
    for (const id of ids.subarray(offsets[row], offsets[row + 1])) rows[row * vocabularySize + id] = 1;
  }
  return {
    dtype: rows instanceof Float64Array ? 'float64' : 'float32',
    shape: [count, vocabularySize],
    data: rows,
  };
}

/** Differentiates sum(output * cotangent), as the reference script does, and compares the gradients of `leaves`. */
export function compareGradients(
  comparisons: Comparisons,
  reference: ReferenceCase<{ terms: number }>,
  output: Tensor,
  leaves: Readonly<Record<string, Tensor>>,
  prefix = '',
): void {
  const cotangent = tensorOf(reference.get(`${prefix}cotangent`), output.device);
  output.mul(cotangent).sum().backward();
  for (const [name, leaf] of Object.entries(leaves)) {
    const role = `${prefix}gradient.${name}`;
    if (reference.has(role)) comparisons.tensor(role, leaf.grad, reference.get(role), reference.facts.terms);
    else comparisons.same(`whether there is a ${role}`, leaf.grad !== null, false);
  }
}
