import { instance, listOf } from '../arguments.js';
import { Tensor } from './native.js';

const checkTensors = listOf(instance(Tensor));

/** Copies of tensors at one moment, from which they can be restored. */
export class Snapshot {
  readonly #pairs: readonly (readonly [tensor: Tensor, kept: Tensor])[];

  constructor(tensors: readonly Tensor[]) {
    checkTensors(tensors, 'tensors');
    this.#pairs = tensors.map((tensor) => {
      using unrecorded = tensor.detach();
      return [tensor, unrecorded.clone()] as const;
    });
  }

  restore(): void {
    for (const [tensor, kept] of this.#pairs) tensor.copy_(kept);
  }

  dispose(): void {
    for (const [, kept] of this.#pairs) kept.dispose();
  }
}
