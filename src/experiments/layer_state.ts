import type { ClassifierModel } from '../model/classifier.js';
import { readOutput, readTensor, type Module } from '../model/parameters.js';
import type { StoredTensor } from '../storage/stored_tensor.js';

export type LayerParameter = 'weight' | 'bias' | 'A' | 'B';

/** Something of each parameter of the LoRA layer; of the magnitudes with DoRA. */
export type OfLayer<T> = Readonly<Record<LayerParameter, T>> & { readonly magnitude?: T };

/** The parameters of the LoRA layer at one moment. */
export type LayerState = OfLayer<StoredTensor>;

/** The first few values of each. */
export type LayerExcerpt = OfLayer<readonly number[]>;

const excerptLength = 4;

export function readLayer({ parameters }: ClassifierModel): LayerState {
  const magnitude = parameters['fc1.magnitude'];
  return {
    weight: readTensor(parameters['fc1.weight']),
    bias: readTensor(parameters['fc1.bias']),
    A: readTensor(parameters['fc1.A']),
    B: readTensor(parameters['fc1.B']),
    ...(magnitude === undefined ? {} : { magnitude: readTensor(magnitude) }),
  };
}

/** The model without the LoRA branch, of whose layer `state` has just been read: W is large, so it is read once. */
export function moduleOf({ weight, bias }: LayerState, model: ClassifierModel): Module {
  return new Map([['fc1.weight', weight], ['fc1.bias', bias], ...readOutput(model)]);
}

export function excerptOf(state: LayerState): LayerExcerpt {
  return mapLayer(state, ({ data }) => Array.from(data.subarray(0, excerptLength), Number));
}

/** Which parameters of both states have the same bits. */
export function sameBits(one: LayerState, other: LayerState): OfLayer<boolean> {
  return mapLayer(one, (tensor, name) => bytesOf(tensor).equals(bytesOf(other[name] ?? tensor)));
}

function mapLayer<T>(
  state: LayerState,
  map: (tensor: StoredTensor, name: keyof LayerState) => T,
): OfLayer<T> {
  const entries = Object.entries(state) as [keyof LayerState, StoredTensor][];
  return Object.fromEntries(entries.map(([name, tensor]) => [name, map(tensor, name)])) as OfLayer<T>;
}

function bytesOf({ data }: StoredTensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
