import { rankOf, type AdapterBranch, type LayerName } from '../storage/adapter.js';
import { emptyTensor } from '../storage/stored_tensor.js';
import {
  assertCombinable,
  branchesOf,
  combineBranches,
  replaces,
  usageError,
  type Combination,
  type ScaledAdapter,
} from './adapter_algebra.js';

/**
 * Combines the branches of adapters, layer by layer.
 * @param rank the rank for `svd`; undefined: the largest among them
 * @throws ERR_USAGE when one has DoRA, one replaces a layer on which another has a branch, or ranks differ with `linear`
 */
export function combineAdapters(
  chosen: readonly ScaledAdapter[],
  combination: Combination,
  rank: number | undefined,
): Map<LayerName, AdapterBranch> {
  const branches = new Map<LayerName, AdapterBranch>();
  for (const layer of new Set(chosen.flatMap(({ adapter }) => [...adapter.branches.keys()]))) {
    const own = branchesOf(layer, chosen);
    assertCombinable(own, combination);
    if (replaces(chosen, `${layer}.weight`)) {
      throw usageError(`Expected adapters that all replace ${layer} or all have a branch on it; use them together`);
    }
    const most = rank ?? Math.max(...own.map(({ branch }) => rankOf(branch)));
    branches.set(layer, combineBranches(own, combination, most));
  }
  addMissingBiases(branches);
  return branches;
}

/** Gives every branch a bias where one has a bias: PEFT has them on all layers or on none. */
function addMissingBiases(branches: Map<LayerName, AdapterBranch>): void {
  if ([...branches.values()].every(({ bias }) => bias === null)) return;
  for (const [layer, branch] of branches) {
    const { dtype, shape } = branch.up;
    branches.set(layer, { ...branch, bias: branch.bias ?? emptyTensor(dtype, shape.slice(0, 1)) });
  }
}
