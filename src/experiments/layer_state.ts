import type { ClassifierModel } from '../model/classifier.js';
import { readTensor, type Module } from '../model/parameters.js';
import type { StoredTensor } from '../storage/stored_tensor.js';

export type LayerParameter = 'weight' | 'bias' | 'A' | 'B';

/** The parameters of the LoRA layer at one moment. */
export type LayerState = Readonly<Record<LayerParameter, StoredTensor>>;

/** The first few values of each. */
export type LayerExcerpt = Readonly<Record<LayerParameter, readonly number[]>>;

const excerptLength = 4;

export function readLayer({ parameters }: ClassifierModel): LayerState {
  return {
    weight: readTensor(parameters['fc1.weight']),
    bias: readTensor(parameters['fc1.bias']),
    A: readTensor(parameters['fc1.A']),
    B: readTensor(parameters['fc1.B']),
  };
}

/** The model without the LoRA branch, of whose layer `state` has just been read: W is large, so it is read once. */
export function moduleOf({ weight, bias }: LayerState, { parameters }: ClassifierModel): Module {
  return new Map([
    ['fc1.weight', weight],
    ['fc1.bias', bias],
    ['fc2.weight', readTensor(parameters['fc2.weight'])],
    ['fc2.bias', readTensor(parameters['fc2.bias'])],
  ]);
}

export function excerptOf(state: LayerState): LayerExcerpt {
  const first = ({ data }: StoredTensor): number[] => Array.from(data.subarray(0, excerptLength), Number);
  return { weight: first(state.weight), bias: first(state.bias), A: first(state.A), B: first(state.B) };
}

/** Which parameters have the same bits in both states. */
export function sameBits(one: LayerState, other: LayerState): Record<LayerParameter, boolean> {
  const same = (name: LayerParameter): boolean => bytesOf(one[name]).equals(bytesOf(other[name]));
  return { weight: same('weight'), bias: same('bias'), A: same('A'), B: same('B') };
}

function bytesOf({ data }: StoredTensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
