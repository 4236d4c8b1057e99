import { aMap, instance } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { StoredTensor } from '../storage/stored_tensor.js';
import { aModel } from './expected.js';
import { Tensor, type ParameterGroup } from './native.js';
import type { ClassifierModel, ParameterName } from './classifier_model.js';

export interface ParameterCounts {
  trainable: number;
  total: number;
}

/** Counts the elements of all parameters, and of those that training changes. */
export function countParameters(model: ClassifierModel): ParameterCounts {
  aModel(model, 'model');
  const counts = { trainable: 0, total: 0 };
  for (const parameter of Object.values(model.parameters)) {
    counts.total += parameter.size;
    if (parameter.requiresGrad) counts.trainable += parameter.size;
  }
  return counts;
}

/** Returns the parameters that training changes, in the order of `model.parameters`. */
export function trainableParameters(model: ClassifierModel): Tensor[] {
  aModel(model, 'model');
  return Object.values(model.parameters).filter((parameter) => parameter.requiresGrad);
}

/** Returns the trainable parameters in groups: `up` and `down` apart where they have learning rates of their own. */
export function trainableGroups(
  model: ClassifierModel,
  { lrUp, lrDown }: { lrUp: number | null; lrDown: number | null },
): ParameterGroup[] {
  const own: Readonly<Record<string, number | null>> = { up: lrUp, down: lrDown };
  const groups: ParameterGroup[] = [];
  const others: Tensor[] = [];
  for (const [name, parameter] of Object.entries(model.parameters)) {
    const lr = own[name.split('.')[1] ?? ''] ?? null;
    if (!parameter.requiresGrad) continue;
    if (lr === null) others.push(parameter);
    else groups.push({ params: [parameter], lr });
  }
  return others.length === 0 ? groups : [{ params: others }, ...groups];
}

/** The names of the parameters of a plain PyTorch module of the same layers: all but those of LoRA branches. */
const moduleNames = ['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'] as const;
export type ModuleParameter = (typeof moduleNames)[number];

/** Returns the parameters without LoRA branches, by name; a linear model has two. */
export function moduleParameters({ parameters }: ClassifierModel): Map<ModuleParameter, Tensor> {
  const found = moduleNames.map((name) => [name, parameters[name]] as const);
  return new Map(found.filter((pair): pair is [ModuleParameter, Tensor] => pair[1] !== undefined));
}

/** Returns the shapes of the parameters without LoRA branches, by name. */
export function parameterShapes(model: ClassifierModel): Map<ModuleParameter, readonly number[]> {
  return new Map(Array.from(moduleParameters(model), ([name, { shape }]) => [name, shape]));
}

/** Returns the elements of a tensor, row-major. */
export function readNumbers(tensor: Tensor): Float64Array {
  const elements = tensor.toTypedArray();
  return elements instanceof BigInt64Array ? Float64Array.from(elements, Number) : new Float64Array(elements);
}

/** Copies a tensor so that it can be stored. */
export function readTensor(tensor: Tensor): StoredTensor {
  instance(Tensor)(tensor, 'tensor');
  const { dtype, shape } = tensor;
  return { dtype, shape, data: tensor.toTypedArray() };
}

/** Tensors by the names that the notebook's PyTorch module gives them. */
export type Module = Map<string, StoredTensor>;

/** Copies the parameters without LoRA branches, by name, as `model.safetensors` holds them. */
export function readModule(model: ClassifierModel): Module {
  aModel(model, 'model');
  return new Map(Array.from(moduleParameters(model), ([name, tensor]) => [name, readTensor(tensor)]));
}

/** Copies the parameters of the output layer, of which a linear model has none. */
export function readOutput(model: ClassifierModel): Module {
  aModel(model, 'model');
  const { 'fc2.weight': weight, 'fc2.bias': bias } = model.parameters;
  if (weight === undefined || bias === undefined) return new Map();
  return new Map([
    ['fc2.weight', readTensor(weight)],
    ['fc2.bias', readTensor(bias)],
  ]);
}

/**
 * Overwrites the parameters without LoRA branches with stored ones.
 * @throws ImdbTorchError ERR_SAFETENSORS when one is missing or has another shape; nothing has changed then
 */
export function loadModule(model: ClassifierModel, stored: ReadonlyMap<string, StoredTensor>): void {
  aModel(model, 'model');
  aMap(stored, 'stored');
  loadParameters(model, new Map(Array.from(moduleParameters(model).keys(), (name) => [name, stored.get(name)])));
}

/** Overwrites parameters with stored ones. @throws what `loadModule` throws */
export function loadParameters(
  model: ClassifierModel,
  stored: ReadonlyMap<ParameterName, StoredTensor | undefined>,
): void {
  const pairs = Array.from(stored, ([name, source]) => {
    const target = model.parameters[name];
    const fits = source !== undefined && source.shape.join() === target?.shape.join();
    if (fits) return { source, target };
    const [expected, found] = [target, source].map((tensor) => tensor && `[${tensor.shape.join(', ')}]`);
    throw new ImdbTorchError(
      'ERR_SAFETENSORS',
      `Expected ${name} of shape ${expected ?? 'nothing'} but found ${found ?? 'nothing'}.`,
    );
  });
  for (const { source, target } of pairs) {
    const tensor = Tensor.from(source.data, source.shape);
    target.copy_(tensor);
    tensor.dispose();
  }
}
