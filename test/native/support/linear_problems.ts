/** Random problems for LinearSolver, and what their solutions must fulfil, in plain TypeScript. */
import { Bags, LinearSolver, type LinearModelSpec, type LinearSolverOptions } from '../../../src/model/native.js';
import { randomNumbers } from '../../support/random_numbers.js';

export interface Rows {
  readonly rows: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly features: number;
}

/** Rows of three classes that lean towards different features; the first row is empty. */
export function randomRows(seed: number, count: number, features: number, hasValues: boolean): Rows {
  const draw = randomNumbers(seed);
  const labels = Array.from({ length: count }, () => Math.floor(draw() * 3));
  const rows = labels.map((label, row) =>
    row === 0
      ? []
      : Array.from({ length: features }, (_, id) => id).filter((id) => draw() < (id % 3 === label ? 0.3 : 0.2)),
  );
  const values = rows.map((ids) => ids.map(() => (hasValues ? Math.fround(draw() * 4 - 1) : 1)));
  return { rows, values, labels, features };
}

export function randomScale(seed: number, features: number): Float32Array {
  const draw = randomNumbers(seed + 1000);
  return Float32Array.from({ length: features }, () => (draw() < 0.1 ? 0 : draw() * 3 - 0.5));
}

export function bagsOf({ rows, values, labels, features }: Rows): Bags {
  let end = 0;
  const offsets = Int32Array.of(0, ...rows.map((ids) => (end += ids.length)));
  const isOne = values.flat().every((value) => value === 1);
  return new Bags({
    ids: Int32Array.from(rows.flat()),
    offsets,
    labels: Int32Array.from(labels),
    vocabularySize: features,
    ...(!isOne && { values: Float32Array.from(values.flat()) }),
  });
}

export function allRows({ labels }: Rows): Int32Array {
  return Int32Array.from(labels.keys());
}

export interface Fitted {
  weights: Float32Array;
  bias: number;
  passes: number;
  scores: Float32Array;
}

/** Fits all models. @param slice the milliseconds of each call of `run` */
export function fit(bags: Bags, options: LinearSolverOptions, slice = 1e9): Fitted[] {
  using solver = new LinearSolver(bags, options);
  while (solver.run(slice) < options.models.length);
  return options.models.map((_, k) => ({
    weights: solver.weights(k),
    bias: solver.bias(k),
    passes: solver.passes(k),
    scores: solver.scores(k),
  }));
}

/** Returns the factor of a row's values; see `normalize` of LinearSolverOptions. */
export function factorOf(
  ids: readonly number[],
  values: readonly number[],
  scale: Float32Array,
  normalize: string,
): number {
  const scaled = ids.map((id, k) => (values[k] ?? NaN) * (scale[id] ?? NaN));
  const squares = scaled.reduce((sum, value) => sum + value * value, 0);
  const measure = { none: 1, norm: squares, length: ids.filter((id) => scale[id] !== 0).length }[normalize] ?? NaN;
  return measure > 0 ? 1 / Math.sqrt(measure) : 1;
}

/** How far float32 sums of these problems are from exact ones, relative to the largest weight of a model. */
export const float32Sums = 2e-5;

/**
 * Returns how far a solution is from its optimum: the largest projected gradient that explains the weights and the bias.
 * At the optimum w = sum of a y x with a = 2 C max(0, 1 - y f(x)); each unit of a row's projected gradient moves its a by
 * at most 2 C.
 */
export function gradientOf(data: Rows, options: LinearSolverOptions, spec: LinearModelSpec, fitted: Fitted): number {
  const scale = options.scales[spec.scale] ?? new Float32Array(0);
  // The last is the bias, a feature of value and scale 1.
  const found = [...fitted.weights, fitted.bias];
  const [optimal, moved] = [found.map(() => 0), found.map(() => 0)];
  for (const row of options.rowSets[spec.rows] ?? []) {
    const [ids, values, label] = [data.rows[row] ?? [], data.values[row] ?? [], data.labels[row] ?? NaN];
    const factor = factorOf(ids, values, scale, options.normalize);
    const sign = label === spec.positive ? 1 : -1;
    const sum = ids.reduce((total, id, k) => total + (values[k] ?? NaN) * (fitted.weights[id] ?? NaN), 0);
    const slack = Math.max(0, 1 - sign * (factor * sum + fitted.bias));
    const cost = 2 * spec.cost * (options.classWeights?.[label] ?? 1);
    const add = (place: number, value: number): void => {
      optimal[place] = (optimal[place] ?? NaN) + cost * slack * sign * value;
      moved[place] = (moved[place] ?? NaN) + cost * Math.abs(value);
    };
    ids.forEach((id, k) => {
      add(id, factor * (values[k] ?? NaN) * (scale[id] ?? NaN) ** 2);
    });
    add(data.features, 1);
  }
  const largest = Math.max(...found.map(Math.abs));
  const gradients = found.map((value, place) => {
    const distance = Math.abs(value - (optimal[place] ?? NaN)) - float32Sums * largest;
    return distance <= 0 ? 0 : distance / (moved[place] ?? NaN);
  });
  return Math.max(...gradients);
}
