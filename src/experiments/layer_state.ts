import type { ClassifierModel } from '../model/classifier.js';
import { readTensor } from '../model/parameters.js';
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
