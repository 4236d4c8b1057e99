import { ImdbTorchError } from '../errors.js';
import { rankOf, scaleOf, type Adapter, type AdapterBranch, type LayerName } from '../storage/adapter.js';
import type { StoredTensor } from '../storage/stored_tensor.js';
import { Generator, LoraLinear, Tensor, type FloatDtype } from './native.js';
import { readTensor } from './parameters.js';
import { below, beside, firstColumns, firstRows, plus, scaled } from './numbers/stored_matrices.js';

/**
 * The ways in which adapters become one, as in PEFT's `add_weighted_adapter`. `cat` is the sum of their branches, whose
 * ranks add up. `svd` is the branch of a given rank that is closest to that sum. `linear` sums `up` and `down` apart, a
 * rough approximation of it for branches of one rank.
 */
export type Combination = 'linear' | 'cat' | 'svd';

/** A branch and the factor of its `up * down`, in which its own scale is included. */
interface WeightedBranch {
  branch: AdapterBranch;
  factor: number;
}

/** An adapter and the factor of all that it changes. */
export interface ScaledAdapter {
  adapter: Adapter;
  scale: number;
}

type Factors = Pick<AdapterBranch, 'up' | 'down'>;

/**
 * Combines one or more branches of a layer into a branch whose own scale is 1.
 * @param rank the rank for `svd`
 */
export function combineBranches(
  branches: readonly WeightedBranch[],
  combination: Combination,
  rank: number,
): AdapterBranch {
  const combine = { linear: sumFactors, cat: joinFactors, svd: joinFactors }[combination];
  const joined = combine(branches);
  const { up, down } = combination === 'svd' ? truncate(joined, rank) : joined;
  const biases = branches.flatMap(({ branch: { bias }, factor }) => (bias === null ? [] : [scaled(factor, bias)]));
  const bias = biases.length === 0 ? null : biases.reduce(plus);
  return { up, down, alpha: down.shape[0] ?? 0, magnitude: null, bias };
}

function joinFactors(branches: readonly WeightedBranch[]): Factors {
  return {
    up: branches.map(({ branch }) => branch.up).reduce(beside),
    down: branches.map(({ branch, factor }) => scaled(factor, branch.down)).reduce(below),
  };
}

function sumFactors(branches: readonly WeightedBranch[]): Factors {
  const root = (factor: number): number => Math.sqrt(Math.abs(factor));
  return {
    up: branches.map(({ branch, factor }) => scaled(root(factor), branch.up)).reduce(plus),
    down: branches.map(({ branch, factor }) => scaled(Math.sign(factor) * root(factor), branch.down)).reduce(plus),
  };
}

/**
 * Returns the best approximation of `up * down` of at most `rank`, with the singular values in `up`. The two matrices
 * are decomposed rather than their product, which is as large as W.
 */
function truncate({ up, down }: Factors, rank: number): Factors {
  const left = decompose(up);
  const right = decompose(down);
  const inner = left.S.reshape([left.S.size, 1]).mul(left.Vh).mm(right.U.mul(right.S)).svd();
  const U = readTensor(left.U.mm(inner.U.mul(inner.S)).to({ dtype: up.dtype }));
  const Vh = readTensor(inner.Vh.mm(right.Vh).to({ dtype: down.dtype }));
  const count = Math.min(rank, U.shape[1] ?? 0);
  return { up: firstColumns(U, count), down: firstRows(Vh, count) };
}

function decompose({ data, shape }: StoredTensor): ReturnType<Tensor['svd']> {
  return Tensor.from(data, shape).to({ dtype: 'float64' }).svd();
}

/** Returns what a branch adds to the weight of its layer, `[out, in]`. */
export function deltaOf(weight: Tensor, branch: WeightedBranch): StoredTensor {
  using layer = layerWith(weight);
  setBranch(layer, branch);
  using delta = layer.deltaWeight();
  return readTensor(delta);
}

/** Puts a branch in the place of the layer's own, which may have another rank. */
export function setBranch(layer: LoraLinear, { branch, factor: scale }: WeightedBranch, dropout = 0): void {
  using up = Tensor.from(branch.up.data, branch.up.shape);
  using down = Tensor.from(branch.down.data, branch.down.shape);
  const stored = branch.magnitude;
  using magnitude = stored === null ? null : Tensor.from(stored.data, stored.shape);
  layer.setAdapter({ up, down, scale, magnitude, dropout });
}

/**
 * Turns a branch whose start was taken out of W, as PiSSA does, into one for the whole W. With U, D for `up`, `down` and
 * U0, D0 for their start: W - s U0 D0 + s U D = W + s [U, U0] [D, -D0], as PEFT's
 * `path_initial_model_for_weight_conversion` has it.
 */
export function withoutStart(branch: AdapterBranch, start: Factors, useRslora: boolean): AdapterBranch {
  // The rank is twice what it was, the scale the same.
  const alpha = branch.alpha * (useRslora ? Math.SQRT2 : 2);
  return {
    ...branch,
    up: beside(branch.up, start.up),
    down: below(branch.down, scaled(-1, start.down)),
    alpha,
  };
}

/**
 * Returns the same adapter for a W that has kept its principal part.
 * @param weightOf returns a handle on the base's weight of a layer, which is disposed of here
 */
export function withoutPissa(adapter: Adapter, weightOf: (layer: LayerName) => Tensor): Adapter {
  if (!adapter.pissa) return adapter;
  const branches = new Map(adapter.branches);
  for (const [name, branch] of branches) {
    using weight = weightOf(name);
    const start = principalPart(weight, adapter, branch);
    branches.set(name, withoutStart(branch, start, adapter.useRslora));
  }
  return { ...adapter, branches, pissa: false };
}

function principalPart(weight: Tensor, { useRslora }: Adapter, branch: AdapterBranch): Factors {
  using layer = layerWith(weight);
  using generator = new Generator(0);
  layer.initializeAdapter({
    rank: rankOf(branch),
    alpha: branch.alpha,
    useRslora,
    initialization: 'pissa',
    generator,
  });
  return { up: readTensor(layer.up), down: readTensor(layer.down) };
}

/** Makes a layer with a copy of `weight`. */
function layerWith(weight: Tensor): LoraLinear {
  using generator = new Generator(0);
  const [outFeatures = 0, inFeatures = 0] = weight.shape;
  const { device } = weight;
  const dtype = weight.dtype as FloatDtype;
  const layer = new LoraLinear({ inFeatures, outFeatures, rank: 1, alpha: 1, dtype, device, generator });
  layer.weight.copy_(weight);
  return layer;
}

export function branchesOf(layer: LayerName, adapters: readonly ScaledAdapter[]): WeightedBranch[] {
  return adapters.flatMap(({ adapter, scale }) => {
    const branch = adapter.branches.get(layer);
    return branch === undefined ? [] : [{ branch, factor: scale * scaleOf(adapter, branch) }];
  });
}

/** Joins the branches on a layer into one; returns null for none. */
export function joinBranches(branches: readonly WeightedBranch[]): WeightedBranch | null {
  const [first, ...others] = branches;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  assertCombinable(branches, 'cat');
  return { branch: combineBranches(branches, 'cat', 0), factor: 1 };
}

/** @throws ERR_USAGE */
export function assertCombinable(branches: readonly WeightedBranch[], combination: Combination): void {
  if (branches.some(({ branch }) => branch.magnitude !== null)) {
    throw usageError('Expected adapters without DoRA, which is no sum of branches; use it alone');
  }
  const ranks = new Set(branches.map(({ branch }) => rankOf(branch)));
  if (combination === 'linear' && ranks.size > 1) {
    throw usageError(`Expected branches of one rank for linear but received ${[...ranks].join(', ')}; use cat or svd`);
  }
}

export function replaces(adapters: readonly ScaledAdapter[], parameter: string): boolean {
  return adapters.some(({ adapter }) => adapter.replaced.has(parameter));
}

/** Returns base + sum of scale * (replaced - base), without rounding where one adapter has scale 1. */
export function sumReplaced(parameter: string, base: StoredTensor, adapters: readonly ScaledAdapter[]): StoredTensor {
  const terms = adapters.flatMap(({ adapter, scale }) => {
    const tensor = adapter.replaced.get(parameter);
    return tensor === undefined ? [] : [{ factor: scale, tensor }];
  });
  const left = 1 - terms.reduce((sum, { factor }) => sum + factor, 0);
  const all = left === 0 ? terms : [{ factor: left, tensor: base }, ...terms];
  return all.map(({ factor, tensor }) => scaled(factor, tensor)).reduce(plus);
}

export function usageError(problem: string): ImdbTorchError {
  return new ImdbTorchError('ERR_USAGE', `${problem}.`);
}
