/** The classifier in a few slow loops, for the tests that compare: float64, one example after the other. */
import type { LossForm } from '../../../binding.js';
import type { ParameterName } from './models.js';

export interface PlainBags {
  bags: readonly (readonly number[])[];
  labels: readonly number[];
}

export interface PlainSizes {
  inputs: number;
  hidden: number;
  classes: number;
  rank: number;
}

export type PlainParameters = Record<ParameterName, number[]>;

/** Parameters lie row by row, as `toTypedArray()` gives them. */
export class PlainClassifier {
  scale: number;
  loraEnabled = false;
  trainable = { base: true, lora: false };
  /** What `unmerge` restores; null unless merged. */
  unmerged: { weight: number[]; loraEnabled: boolean; trainable: { base: boolean; lora: boolean } } | null = null;

  constructor(
    readonly sizes: PlainSizes,
    readonly parameters: PlainParameters,
    alpha: number,
  ) {
    this.scale = alpha / sizes.rank;
  }

  requiresGrad(name: ParameterName): boolean {
    if (name === 'outputWeight' || name === 'outputBias') return true;
    return name === 'up' || name === 'down' ? this.trainable.lora : this.trainable.base;
  }

  logits(bag: readonly number[]): number[] {
    return this.#pass(bag).logits;
  }

  /** Sum of the losses and number of right answers. */
  evaluate(data: PlainBags, rows: readonly number[], loss: LossForm): { lossSum: number; correct: number } {
    let lossSum = 0;
    let correct = 0;
    for (const row of rows) {
      const logits = this.logits(at(data.bags, row));
      lossSum += lossOf(logits, at(data.labels, row), loss).value;
      if (logits.indexOf(Math.max(...logits)) === data.labels[row]) correct += 1;
    }
    return { lossSum, correct };
  }

  /** Mean loss of the rows and its gradients, of all parameters. */
  gradients(data: PlainBags, rows: readonly number[], form: LossForm): { loss: number } & PlainParameters {
    const zeros = Object.entries(this.parameters).map(([name, values]) => [name, values.map(() => 0)]);
    const sums = Object.fromEntries(zeros) as PlainParameters;
    let total = 0;
    for (const row of rows) {
      const { value, slopes } = lossOf(this.logits(at(data.bags, row)), at(data.labels, row), form);
      total += value / rows.length;
      this.#addGradients(
        sums,
        at(data.bags, row),
        slopes.map((slope) => slope / rows.length),
      );
    }
    return { loss: total, ...sums };
  }

  /** One step of SGD on the rows. @returns the loss before it */
  step(data: PlainBags, rows: readonly number[], form: LossForm, lr: number, held: ReadonlySet<ParameterName>): number {
    const { loss, ...gradients } = this.gradients(data, rows, form);
    for (const [name, gradient] of Object.entries(gradients) as [ParameterName, number[]][]) {
      if (!held.has(name) || !this.requiresGrad(name)) continue;
      const values = this.parameters[name];
      gradient.forEach((slope, i) => (values[i] = at(values, i) - lr * slope));
    }
    return loss;
  }

  /** W += scale * up * down, as `merge` does. */
  merge(keepAdapter: boolean): void {
    const { inputs, hidden, rank } = this.sizes;
    const { weight, up, down } = this.parameters;
    const { loraEnabled, trainable } = this;
    if (keepAdapter) this.unmerged = { weight: [...weight], loraEnabled, trainable };
    for (let h = 0; h < hidden; h++) {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let r = 0; r < rank; r++) sum += at(up, h * rank + r) * at(down, r * inputs + i);
        weight[h * inputs + i] = at(weight, h * inputs + i) + this.scale * sum;
      }
    }
    this.loraEnabled = false;
    this.trainable = { base: true, lora: false };
  }

  unmerge(): void {
    if (this.unmerged === null) return;
    const { weight, loraEnabled, trainable } = this.unmerged;
    this.parameters.weight = weight;
    Object.assign(this, { loraEnabled, trainable, unmerged: null });
  }

  #pass(bag: readonly number[]): { branch: number[]; hidden: number[]; logits: number[] } {
    const { inputs, hidden: width, classes, rank } = this.sizes;
    const { weight, bias, up, down, outputWeight, outputBias } = this.parameters;
    const branch = range(rank).map((r) => sum(bag.map((id) => at(down, r * inputs + id))));
    const hidden = range(width).map((h) => {
      const base = at(bias, h) + sum(bag.map((id) => at(weight, h * inputs + id)));
      const lora = this.loraEnabled ? sum(branch.map((value, r) => value * at(up, h * rank + r))) : 0;
      return Math.max(0, base + this.scale * lora);
    });
    const logits = range(classes).map(
      (c) => at(outputBias, c) + sum(hidden.map((value, h) => value * at(outputWeight, c * width + h))),
    );
    return { branch, hidden, logits };
  }

  #addGradients(sums: PlainParameters, bag: readonly number[], slopes: readonly number[]): void {
    const { inputs, hidden: width, rank } = this.sizes;
    const { up, outputWeight } = this.parameters;
    const { branch, hidden } = this.#pass(bag);
    slopes.forEach((slope, c) => {
      add(sums.outputBias, c, slope);
      hidden.forEach((value, h) => {
        add(sums.outputWeight, c * width + h, slope * value);
      });
    });
    hidden.forEach((value, h) => {
      if (value <= 0) return;
      const slope = sum(slopes.map((one, c) => one * at(outputWeight, c * width + h)));
      add(sums.bias, h, slope);
      for (const id of bag) add(sums.weight, h * inputs + id, slope);
      if (!this.loraEnabled) return;
      branch.forEach((u, r) => {
        add(sums.up, h * rank + r, this.scale * slope * u);
        for (const id of bag) add(sums.down, r * inputs + id, this.scale * slope * at(up, h * rank + r));
      });
    });
  }
}

/** Cross entropy of the logits, or of their softmax, and its derivatives by the logits. */
function lossOf(logits: readonly number[], label: number, form: LossForm): { value: number; slopes: number[] } {
  const minusTarget = (values: readonly number[]): number[] => values.map((value, c) => value - (c === label ? 1 : 0));
  const p = softmax(logits);
  if (form === 'logits') return { value: -Math.log(at(p, label)), slopes: minusTarget(p) };
  const q = softmax(p);
  const outer = minusTarget(q);
  const mean = sum(p.map((value, c) => value * at(outer, c)));
  return { value: -Math.log(at(q, label)), slopes: p.map((value, c) => value * (at(outer, c) - mean)) };
}

function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  return powers.map((power) => power / sum(powers));
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function at(values: readonly number[], index: number): number;
function at<T>(values: readonly T[], index: number): T;
function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index}`);
  return value;
}

function add(values: number[], index: number, value: number): void {
  values[index] = at(values, index) + value;
}
