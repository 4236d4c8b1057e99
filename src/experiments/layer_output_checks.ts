import { Generator, LoraLinear, Tensor, type Device, type FloatDtype } from '../model/native.js';
import { readNumbers } from '../model/parameters.js';
import { type Check, formatError } from './check.js';
import { layerOutputTolerance } from './tolerances.js';

interface LayerOutputOptions {
  seed: number;
  rank: number;
  alpha: number;
  useRslora: boolean;
  useDora: boolean;
  dtype: FloatDtype;
  device: Device;
}

/** A small layer shows the same as a large one. */
const [inputs, outputs, examples] = [32, 16, 8];

/**
 * The notebook's seven outputs o1..o7 of one LoRA layer, with LoRA on, off and merged and with garbage in B (our `down`),
 * and what must hold between them. Draws from a generator of its own.
 */
export function checkLayerOutputs(options: LayerOutputOptions): Check[] {
  const { seed, rank, dtype, device } = options;
  const generator = new Generator(seed);
  const layer = new LoraLinear({
    ...options,
    inFeatures: inputs,
    outFeatures: outputs,
    rank: Math.min(rank, outputs),
    initialization: 'notebook',
    generator,
  });
  const input = Tensor.randn([examples, inputs], { dtype, device, generator });
  const o = observeOutputs(layer, input, generator);
  const tolerance = layerOutputTolerance(dtype) * largest(o.o4);
  const difference = largestDifference(o.o5, o.o4);
  for (const part of [input, layer, generator]) part.dispose();
  return [
    { name: 'o2 = o1: LoRA switched on changes nothing while B is 0', passed: equal(o.o2, o.o1) },
    { name: 'o3 = o1: whatever is in B does not count while LoRA is off', passed: equal(o.o3, o.o1) },
    { name: 'o4 differs from o1: what is in B counts when LoRA is on', passed: !equal(o.o4, o.o1) },
    {
      name: 'o5 = o4: merged, the layer gives what it gave with LoRA on',
      passed: difference <= tolerance,
      detail: `difference ${formatError(difference)}`,
    },
    { name: 'o6 = o5: after the merge B is 0, so LoRA on changes nothing', passed: equal(o.o6, o.o5) },
    { name: 'o7 = o5: whatever is in B does not count while LoRA is off', passed: equal(o.o7, o.o5) },
  ];
}

type Outputs = Record<'o1' | 'o2' | 'o3' | 'o4' | 'o5' | 'o6' | 'o7', Float64Array>;

function observeOutputs(layer: LoraLinear, input: Tensor, generator: Generator): Outputs {
  const output = (loraEnabled: boolean): Float64Array => {
    layer.loraEnabled = loraEnabled;
    const result = layer.forward(input);
    const values = readNumbers(result);
    result.dispose();
    return values;
  };
  const { down } = layer;
  const o1 = output(false);
  const o2 = output(true);
  putGarbage(down, generator);
  const o3 = output(false);
  const o4 = output(true);
  layer.merge({ generator });
  const o5 = output(layer.loraEnabled);
  const o6 = output(true);
  putGarbage(down, generator);
  const o7 = output(false);
  down.dispose();
  return { o1, o2, o3, o4, o5, o6, o7 };
}

function putGarbage(tensor: Tensor, generator: Generator): void {
  const garbage = Tensor.randn(tensor.shape, { generator });
  tensor.copy_(garbage);
  garbage.dispose();
}

function equal(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, index) => value === other[index]);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function largestDifference(one: Float64Array, other: Float64Array): number {
  return largest(one.map((value, index) => value - (other[index] ?? NaN)));
}
