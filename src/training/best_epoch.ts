import type { Tensor } from '../model/native.js';
import { Snapshot } from '../model/snapshot.js';
import type { Metrics } from './metrics.js';

/** Keeps the parameters of the epoch with the best validation accuracy, the first of equal ones. */
export class BestEpoch {
  #epoch = 0;
  #accuracy = -Infinity;
  #kept: Snapshot | null = null;
  readonly #parameters: readonly Tensor[];

  constructor(parameters: readonly Tensor[]) {
    this.#parameters = parameters;
  }

  /** The best epoch so far; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes note of an epoch that has just ended. */
  observe({ epoch, valid }: { epoch: number; valid: Metrics }): void {
    if (valid.accuracy <= this.#accuracy) return;
    this.#epoch = epoch;
    this.#accuracy = valid.accuracy;
    this.dispose();
    this.#kept = new Snapshot(this.#parameters);
  }

  /** Gives the parameters the values that they had after the best epoch. */
  restore(): void {
    this.#kept?.restore();
  }

  dispose(): void {
    this.#kept?.dispose();
    this.#kept = null;
  }
}
