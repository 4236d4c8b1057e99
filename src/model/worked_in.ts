/** Layers with an adapter worked into them by arithmetic of JavaScript: nothing here needs the addon. */
import type { PortableParts } from '../portable/portable_classifier.js';
import type { Branch, Floats } from '../portable/numbers/sparse_sums.js';
import { rankOf, scaleOf, type Adapter, type AdapterBranch, type LayerName } from '../storage/adapter.js';
import type { StoredTensor } from '../storage/stored_tensor.js';
import { addProduct, scaleRowsTo, transposed } from './numbers/matrices.js';
import { subtractPrincipalPart } from './numbers/principal_part.js';

type Tensors = ReadonlyMap<string, StoredTensor>;

/**
 * Returns the layers of a model with an adapter in use: W + s * up * down, its rows scaled where the adapter has DoRA, and
 * the parameters that it replaces. They are of the type of the parameters, float32 as a rule. A branch on the first layer
 * that is only added stays one.
 * @param tensors of a run's model, whose shapes fit, as do those of the adapter
 * @param adapter null: the model alone
 */
export function layersWith(tensors: Tensors, adapter: Adapter | null): Pick<PortableParts, 'layers' | 'branch'> {
  const added = adapter?.branches.get('fc1');
  const stays = adapter?.pissa === false && added?.magnitude === null;
  const { weight, bias } = layerWith('fc1', tensors, adapter, !stays);
  const { length: width } = bias;
  const output = tensors.has('fc2.weight') ? layerWith('fc2', tensors, adapter, true) : null;
  return {
    layers: { first: { weight: transposed(weight, width), bias }, output },
    branch: stays ? branchOf(added, scaleOf(adapter, added)) : null,
  };
}

function branchOf(branch: AdapterBranch, scale: number): Branch {
  const rank = rankOf(branch);
  return { down: transposed(branch.down.data as Floats, rank), up: branch.up.data as Floats, scale, rank };
}

function layerWith(
  layer: LayerName,
  tensors: Tensors,
  adapter: Adapter | null,
  hasBranch: boolean,
): { weight: Floats; bias: Floats } {
  const floatsOf = (name: string): Floats => {
    const tensor = adapter?.replaced.get(name) ?? tensors.get(name);
    if (tensor === undefined) throw new Error(`Expected a checked model with ${name}.`);
    return tensor.data as Floats;
  };
  const [weight, bias] = [floatsOf(`${layer}.weight`), floatsOf(`${layer}.bias`)];
  const branch = adapter?.branches.get(layer);
  if (adapter === null || branch === undefined) return { weight, bias };
  const scale = scaleOf(adapter, branch);
  return {
    weight: hasBranch ? weightWith(weight, branch, { scale, pissa: adapter.pissa }) : weight,
    bias: biasWith(bias, branch, scale),
  };
}

function weightWith(
  weight: Floats,
  branch: AdapterBranch,
  { scale, pissa }: { scale: number; pissa: boolean },
): Floats {
  const { up, down, magnitude } = branch;
  const rank = rankOf(branch);
  const rows = up.data.length / rank;
  const sum = Float64Array.from(weight);
  if (pissa) subtractPrincipalPart(sum, rows, rank);
  addProduct(sum, up.data as Floats, down.data as Floats, { rank, scale });
  if (magnitude !== null) scaleRowsTo(sum, magnitude.data as Floats);
  return weight instanceof Float32Array ? Float32Array.from(sum) : sum;
}

function biasWith(bias: Floats, { bias: added }: AdapterBranch, scale: number): Floats {
  return added === null ? bias : bias.map((value, row) => value + scale * Number(added.data[row]));
}
