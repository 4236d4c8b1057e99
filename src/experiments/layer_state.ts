import type { ClassifierModel } from '../model/classifier_model.js';
import { moduleParameters, readTensor, type Module } from '../model/parameters.js';
import type { LayerName } from '../storage/adapter.js';
import { bytesOf, type StoredTensor } from '../storage/stored_tensor.js';

export type LayerParameter = 'weight' | 'bias' | 'up' | 'down' | 'magnitude';

/** Something of each parameter of a layer: of up and down where it has a LoRA branch, of magnitude with DoRA. */
export type PerParameter<T> = Readonly<Record<'weight' | 'bias', T> & Partial<Record<LayerParameter, T>>>;

/** Something of each layer that fine-tuning freezes: of the hidden one, and of the output layer with a branch. */
export type PerLayer<T> = ReadonlyMap<LayerName, PerParameter<T>>;

/** The parameters of these layers at one moment. */
export type LayerStates = PerLayer<StoredTensor>;

/** The first few values of each. */
export type LayerExcerpts = PerLayer<readonly number[]>;

const layerParameters: readonly LayerParameter[] = ['weight', 'bias', 'up', 'down', 'magnitude'];
const excerptLength = 4;

export function readLayers(model: ClassifierModel): LayerStates {
  const frozen = new Set<LayerName>(['fc1', ...model.branches.keys()]);
  return new Map(Array.from(frozen, (layer) => [layer, readLayer(model, layer)]));
}

function readLayer({ parameters }: ClassifierModel, layer: LayerName): PerParameter<StoredTensor> {
  const tensors = layerParameters.flatMap((name) => {
    const parameter = parameters[`${layer}.${name}`];
    return parameter === undefined ? [] : [[name, readTensor(parameter)] as const];
  });
  return Object.fromEntries(tensors) as PerParameter<StoredTensor>;
}

/** The model without LoRA branches, of whose layers `states` have just been read: W is large, so it is read once. */
export function moduleOf(states: LayerStates, model: ClassifierModel): Module {
  return new Map(
    Array.from(moduleParameters(model), ([name, tensor]) => {
      const [layer, kind] = name.split('.') as [LayerName, 'weight' | 'bias'];
      return [name, states.get(layer)?.[kind] ?? readTensor(tensor)];
    }),
  );
}

export function excerptOf(states: LayerStates): LayerExcerpts {
  return mapLayers(states, ({ data }) => Array.from(data.subarray(0, excerptLength), Number));
}

/** Which parameters of both states have the same bits. */
export function sameBits(one: LayerStates, other: LayerStates): PerLayer<boolean> {
  return mapLayers(one, (tensor, layer, name) => {
    const now = other.get(layer)?.[name];
    return now !== undefined && Buffer.compare(bytesOf(tensor), bytesOf(now)) === 0;
  });
}

function mapLayers<T>(
  states: LayerStates,
  map: (tensor: StoredTensor, layer: LayerName, name: LayerParameter) => T,
): PerLayer<T> {
  return new Map(
    Array.from(states, ([layer, state]) => {
      const entries = Object.entries(state) as [LayerParameter, StoredTensor][];
      const mapped = entries.map(([name, tensor]) => [name, map(tensor, layer, name)] as const);
      return [layer, Object.fromEntries(mapped) as PerParameter<T>];
    }),
  );
}
