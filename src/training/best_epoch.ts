import { Tensor } from '../model/native.js';
import type { EpochResult } from './loop.js';

/** Keeps the parameters of the epoch with the best validation accuracy, the first of equal ones. */
export class BestEpoch {
  #epoch = 0;
  #accuracy = -Infinity;
  readonly #parameters: readonly Tensor[];
  readonly #kept: readonly Tensor[];

  constructor(parameters: readonly Tensor[]) {
    this.#parameters = parameters;
    this.#kept = parameters.map(({ shape, dtype, device }) => Tensor.zeros(shape, { dtype, device }));
  }

  /** The best epoch so far; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes note of an epoch that has just ended. */
  observe({ epoch, valid }: Pick<EpochResult, 'epoch' | 'valid'>): void {
    if (valid.accuracy <= this.#accuracy) return;
    this.#epoch = epoch;
    this.#accuracy = valid.accuracy;
    this.#kept.forEach((copy, index) => {
      const parameter = this.#parameters[index];
      if (parameter !== undefined) copy.copy_(parameter);
    });
  }

  /** Gives the parameters the values that they had after the best epoch. */
  restore(): void {
    this.#parameters.forEach((parameter, index) => {
      const copy = this.#kept[index];
      if (copy !== undefined) parameter.copy_(copy);
    });
  }

  dispose(): void {
    for (const copy of this.#kept) copy.dispose();
  }
}
