import type {
  Bags,
  Classifier,
  Engine,
  FloatDtype,
  Generator,
  Linear,
  LoraLinear,
  Tensor,
  TypedArray,
} from '../../../binding.js';
import { native } from '../../../src/binding.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';

export const engines: readonly Engine[] = ['torch', 'fused'];
export const dtypes: readonly FloatDtype[] = ['float32', 'float64'];

export function tensorOf({ data, shape }: StoredTensor): Tensor {
  return native.Tensor.from(data, shape);
}

export function numbersOf(tensor: Tensor): number[] {
  return [...tensor.toTypedArray()].map(Number);
}

/** The elements as bits, so that -0 and 0 differ and NaN equals itself. */
export function bits(tensor: Tensor | TypedArray): string {
  const { buffer, byteOffset, byteLength } = 'toTypedArray' in tensor ? tensor.toTypedArray() : tensor;
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

export function int32(stored: StoredTensor): Int32Array {
  return Int32Array.from(stored.data, Number);
}

export interface ModelOptions {
  vocabulary: number;
  hidden: number;
  classes?: number;
  rank?: number;
  alpha?: number;
  dtype?: FloatDtype;
  engine: Engine;
  seed?: number;
}

export interface Model {
  classifier: Classifier;
  hidden: LoraLinear;
  output: Linear;
  generator: Generator;
}

export function createModel(options: ModelOptions): Model {
  const { vocabulary, hidden: width, classes = 2, rank = 1, alpha = 1 } = options;
  const { dtype = 'float32', engine, seed = 1 } = options;
  const generator = new native.Generator(seed);
  const hidden = new native.LoraLinear({
    inFeatures: vocabulary,
    outFeatures: width,
    rank,
    alpha,
    dtype,
    generator,
  });
  const output = new native.Linear({ inFeatures: width, outFeatures: classes, dtype, generator });
  return { classifier: new native.Classifier({ hidden, output, engine }), hidden, output, generator };
}

/** Every parameter by the name that `Gradients` gives it. */
export function parametersOf({ hidden, output }: Pick<Model, 'hidden' | 'output'>): Record<ParameterName, Tensor> {
  const { weight, bias, up, down } = hidden;
  return { weight, bias, up, down, outputWeight: output.weight, outputBias: output.bias };
}

export type ParameterName = 'weight' | 'bias' | 'up' | 'down' | 'outputWeight' | 'outputBias';
export const parameterNames: readonly ParameterName[] = ['weight', 'bias', 'up', 'down', 'outputWeight', 'outputBias'];

/** Switches LoRA on with the base frozen, or off, as the notebook does. */
export function setLora({ hidden }: Pick<Model, 'hidden'>, on: boolean): void {
  hidden.loraEnabled = on;
  hidden.setTrainable({ base: !on, lora: on });
}

/** Gives `down`, which is 0 at first, the numbers of a trained one. */
export function fillB({ hidden }: Pick<Model, 'hidden'>, seed = 9): void {
  const generator = new native.Generator(seed);
  hidden.down.copy_(native.Tensor.randn(hidden.down.shape, { generator }));
}

type BagsOptions = ConstructorParameters<typeof Bags>[0];

/** Random bags; the first is empty, the second has every word. */
function randomRows(count: number, vocabulary: number, classes: number, generator: Generator): BagsOptions {
  const ids: number[] = [];
  const offsets = [0];
  for (let bag = 0; bag < count; bag++) {
    const share = bag === 0 ? 0n : bag === 1 ? 10n : 3n;
    for (let id = 0; id < vocabulary; id++) if (generator.randomInt64() % 10n < share) ids.push(id);
    offsets.push(ids.length);
  }
  const labels = Int32Array.from({ length: count }, () => Number(generator.randomInt64() % BigInt(classes)));
  return {
    ids: Int32Array.from(ids),
    offsets: Int32Array.from(offsets),
    labels,
    vocabularySize: vocabulary,
  };
}

/** Random bags; the first is empty, the second has every word. */
export function randomBags(count: number, vocabulary: number, classes = 2, seed = 5): Bags {
  return new native.Bags(randomRows(count, vocabulary, classes, new native.Generator(seed)));
}

/** The same bags with values, which are standard normal unless told. */
export function weightedBags(
  count: number,
  vocabulary: number,
  classes = 2,
  seed = 5,
  valueOf = (normal: number): number => normal,
): Bags {
  const generator = new native.Generator(seed);
  const options = randomRows(count, vocabulary, classes, generator);
  const normal = numbersOf(native.Tensor.randn([options.ids.length], { generator }));
  return new native.Bags({ ...options, values: Float32Array.from(normal, valueOf) });
}

export function allRows(bags: Bags): Int32Array {
  return Int32Array.from({ length: bags.length }, (_, row) => row);
}
