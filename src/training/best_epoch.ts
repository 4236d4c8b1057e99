import type { Tensor } from '../model/native.js';
import { Snapshot } from '../model/snapshot.js';
import { isBetter, worstOf, type MetricName, type MetricValues } from './metric_names.js';
import type { Metrics } from './evaluation.js';

/** Keeps the parameters of the epoch with the best validation metric, the first of equal ones. */
export class BestEpoch {
  #epoch = 0;
  #value: number;
  #kept: Snapshot | null = null;
  readonly #parameters: readonly Tensor[];
  readonly #metric: MetricName;

  constructor(parameters: readonly Tensor[], metric: MetricName = 'accuracy') {
    this.#parameters = parameters;
    this.#metric = metric;
    this.#value = worstOf(metric);
  }

  /** The best epoch so far; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes note of an epoch that has just ended. */
  observe({ epoch, valid }: { epoch: number; valid: Metrics & MetricValues }): void {
    const value = valid[this.#metric] ?? NaN;
    if (!isBetter(this.#metric, value, this.#value)) return;
    this.#epoch = epoch;
    this.#value = value;
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
