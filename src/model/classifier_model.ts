import { aBoolean, aNumber, aString, fields, instance, listOf, oneOf, optional, wholeFrom } from '../arguments.js';
import type { LayerName } from '../storage/adapter.js';
import type { Device, Engine, FloatDtype, LoraLinearOptions } from './native.js';
import { Classifier, Generator, Linear, LoraLinear, type Tensor } from './native.js';

/** The shape of a classifier, its place and its start. The defaults are the notebook's. */
export interface ClassifierOptions {
  vocabularySize: number;
  /** Width of the hidden layer, 200 by default; 0: a linear model. */
  hidden?: number;
  /** Number of classes, 2 by default. */
  classes?: number;
  /**
   * The layers with a LoRA branch: `fc1` (the hidden layer, or the one of a linear model), the default, and `fc2`, the
   * output layer, with the `torch` engine only.
   */
  target?: readonly LayerName[];
  /** The rank of the branches, from 1 to the smallest side of these layers; 1 by default. */
  rank?: number;
  /** The branches are scaled by alpha / rank; 1 by default. */
  alpha?: number;
  /** Whether branches are scaled by alpha / sqrt(rank) instead; false by default. */
  useRslora?: boolean;
  /** The type of the numbers, `float32` by default. */
  dtype?: FloatDtype;
  /** The device that holds and computes them, `cpu` by default. */
  device?: Device;
  /** `auto`, the default: the fused kernels on the CPU, libtorch's operators elsewhere. */
  engine?: Engine | 'auto';
  /** Draws the parameters; without it all are 0, which is for parameters that are about to be loaded. */
  generator?: Generator;
}

export type ParameterName = `${LayerName}.${'weight' | 'bias' | 'up' | 'down' | 'magnitude'}`;

/**
 * The parameters by the names of the notebook's PyTorch module. Those of fc2 are there with a hidden layer, `up` and
 * `down` where a layer has a LoRA branch, `magnitude` where that has DoRA.
 */
export type Parameters = Readonly<
  Record<'fc1.weight' | 'fc1.bias', Tensor> & Partial<Record<Exclude<ParameterName, 'fc1.weight' | 'fc1.bias'>, Tensor>>
>;

/**
 * Bag of words -> LoRA layer -> ReLU -> linear layer, with the parts it is made of. A linear model is the LoRA layer
 * alone. `dispose` frees all parts.
 */
export interface ClassifierModel {
  readonly classifier: Classifier;
  readonly hidden: LoraLinear;
  readonly output: Linear | LoraLinear | null;
  /** The layers that were given a LoRA branch. */
  readonly branches: ReadonlyMap<LayerName, LoraLinear>;
  readonly parameters: Parameters;
  /** Puts the tensors of the branches into `parameters` anew; to be called when a branch was replaced. */
  renewBranches(): void;
  /**
   * Gives the model so many outputs: another output layer, of a linear model the only one, takes the place of that which
   * is there, whose parameters are gone. Those of the new one are 0. Does nothing where there are so many already.
   */
  setOutputs(outputs: number): void;
  dispose(): void;
}

const checkEngine = oneOf('auto', 'fused', 'torch');
const layers = listOf(oneOf('fc1', 'fc2'));
const checkBranches = fields({ useDora: optional(aBoolean), target: optional(layers) });
const checkOptions = fields({
  vocabularySize: aNumber,
  hidden: optional(aNumber),
  classes: optional(aNumber),
  target: optional(layers),
  rank: optional(aNumber),
  alpha: optional(aNumber),
  useRslora: optional(aBoolean),
  dtype: optional(oneOf('float32', 'float64')),
  device: optional(aString),
  engine: optional(checkEngine),
  generator: optional(instance(Generator)),
});

/** Returns the engine that `auto` stands for; the fused one has no DoRA and no branch on the output layer. */
export function chooseEngine(
  engine: Engine | 'auto',
  device: Device,
  options: { useDora?: boolean; target?: readonly LayerName[] } = {},
): Engine {
  checkEngine(engine, 'engine');
  aString(device, 'device');
  checkBranches(options, 'options');
  const { useDora = false, target = [] } = options;
  if (engine !== 'auto') return engine;
  return device === 'cpu' && !useDora && !target.includes('fc2') ? 'fused' : 'torch';
}

/**
 * Makes a new classifier. Its random numbers are drawn in the notebook's order: W, bias, `up`, then the second layer. A
 * branch on that layer draws from a generator of its own, so that the others are the same without it.
 * @throws what LoraLinear, Linear and Classifier throw
 */
export function createClassifier(options: ClassifierOptions): ClassifierModel {
  checkOptions(options, 'options');
  const hidden = createHidden(options);
  return modelOf(options, assemble(options, hidden, createOutput(options)));
}

/** Makes a classifier of layers that are there already. @param options say what they are @internal */
export function modelOf(options: ClassifierOptions, layers: Layers): ClassifierModel {
  // A new output layer is not drawn.
  const undrawn = { ...options };
  delete undrawn.generator;
  const branches = new Map<LayerName, LoraLinear>();
  const parameters: SomeParameters = {};
  noteLayers(options, layers, branches, parameters);
  const dispose = (): void => {
    for (const part of [...Object.values(parameters), layers.classifier, layers.output, layers.hidden]) part?.dispose();
  };
  return {
    get classifier() {
      return layers.classifier;
    },
    get hidden() {
      return layers.hidden;
    },
    get output() {
      return layers.output;
    },
    branches,
    parameters: parameters as Parameters,
    renewBranches: () => {
      renewBranches(branches, parameters);
    },
    setOutputs: (classes) => {
      wholeFrom(1)(classes, 'outputs');
      if (classes === layers.classifier.classes) return;
      layers = withOutputs({ ...undrawn, classes }, layers, parameters);
      noteLayers(options, layers, branches, parameters);
    },
    dispose,
  };
}

type SomeParameters = Partial<Record<ParameterName, Tensor>>;

/** The layers of a model, and what computes them one after the other. */
export interface Layers {
  classifier: Classifier;
  hidden: LoraLinear;
  output: Linear | LoraLinear | null;
}

function assemble(options: ClassifierOptions, hidden: LoraLinear, output: Layers['output']): Layers {
  const { device = 'cpu', engine = 'auto', target = ['fc1'] } = options;
  const classifier = new Classifier({ hidden, output, engine: chooseEngine(engine, device, { target }) });
  return { classifier, hidden, output };
}

/** Puts a new output layer in the place of one, and frees that with its parameters. */
function withOutputs(options: ClassifierOptions, old: Layers, parameters: SomeParameters): Layers {
  const isLinear = old.output === null;
  for (const [name, tensor] of Object.entries(parameters)) {
    if (!name.startsWith(isLinear ? 'fc1.' : 'fc2.')) continue;
    tensor.dispose();
    Reflect.deleteProperty(parameters, name);
  }
  old.classifier.dispose();
  (old.output ?? old.hidden).dispose();
  return isLinear
    ? assemble(options, createHidden(options), null)
    : assemble(options, old.hidden, createOutput(options));
}

/** Notes the parameters that are not there yet, and which layers have a branch. */
function noteLayers(
  { target = ['fc1'] }: ClassifierOptions,
  { hidden, output }: Layers,
  branches: Map<LayerName, LoraLinear>,
  parameters: SomeParameters,
): void {
  const loraOutput = output instanceof LoraLinear ? output : null;
  if (target.includes('fc1')) branches.set('fc1', hidden);
  if (loraOutput !== null) branches.set('fc2', loraOutput);
  parameters['fc1.weight'] ??= hidden.weight;
  parameters['fc1.bias'] ??= hidden.bias;
  if (branches.has('fc1')) {
    parameters['fc1.up'] ??= hidden.up;
    parameters['fc1.down'] ??= hidden.down;
  }
  if (output !== null) {
    parameters['fc2.weight'] ??= output.weight;
    parameters['fc2.bias'] ??= output.bias;
  }
  if (loraOutput !== null) {
    parameters['fc2.up'] ??= loraOutput.up;
    parameters['fc2.down'] ??= loraOutput.down;
  }
}

/** Puts the tensors of branches that were replaced in the place of those that were there. */
function renewBranches(branches: ReadonlyMap<LayerName, LoraLinear>, parameters: SomeParameters): void {
  for (const [layer, { up, down, magnitude }] of branches) {
    for (const [name, tensor] of Object.entries({ up, down, magnitude })) {
      const key = `${layer}.${name as 'up' | 'down' | 'magnitude'}` as const;
      parameters[key]?.dispose();
      if (tensor === null) Reflect.deleteProperty(parameters, key);
      else parameters[key] = tensor;
    }
  }
}

function createHidden(options: ClassifierOptions): LoraLinear {
  const { vocabularySize: inFeatures, hidden: width = 200, classes = 2, generator } = options;
  const outFeatures = width === 0 ? classes : width;
  const isTarget = options.target?.includes('fc1') ?? true;
  const shape = { inFeatures, outFeatures, ...branchOptions(options, isTarget) };
  return new LoraLinear({ ...shape, ...(generator && { generator }) });
}

function createOutput(options: ClassifierOptions): Linear | LoraLinear | null {
  const { hidden: inFeatures = 200, classes: outFeatures = 2, dtype = 'float32', device = 'cpu' } = options;
  if (inFeatures === 0) return null;
  const shape = { inFeatures, outFeatures, dtype, device };
  const plain = new Linear({ ...shape, ...(options.generator && { generator: options.generator }) });
  if (options.target?.includes('fc2') !== true) return plain;
  using generator = new Generator(0);
  const layer = new LoraLinear({ inFeatures, outFeatures, generator, ...branchOptions(options, true) });
  for (const name of ['weight', 'bias'] as const) {
    using target = layer[name];
    using source = plain[name];
    target.copy_(source);
  }
  plain.dispose();
  return layer;
}

/** Returns the options of a layer's branch; a layer that is to have none has the smallest, which stays off. */
function branchOptions(
  { rank = 1, alpha = 1, useRslora = false, dtype = 'float32', device = 'cpu' }: ClassifierOptions,
  isTarget: boolean,
): Omit<LoraLinearOptions, 'inFeatures' | 'outFeatures' | 'generator'> {
  return { rank: isTarget ? rank : 1, alpha, useRslora, dtype, device };
}
