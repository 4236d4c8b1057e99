import type { Device, Engine, FloatDtype } from './native.js';
import { Classifier, Linear, LoraLinear, type Generator, type Tensor } from './native.js';

/** The defaults are the notebook's. */
export interface ClassifierOptions {
  vocabularySize: number;
  /** Width of the hidden layer, 200 by default; 0: a linear model. */
  hidden?: number;
  /** 2 by default. */
  classes?: number;
  /** 1 .. min(vocabularySize, hidden), 1 by default; of a linear model 1 .. min(vocabularySize, classes). */
  rank?: number;
  /** 1 by default. */
  alpha?: number;
  /** Whether the branch is scaled by alpha / sqrt(rank); false by default. */
  useRslora?: boolean;
  /** `float32` by default. */
  dtype?: FloatDtype;
  /** `cpu` by default. */
  device?: Device;
  /** `auto`, the default: the fused kernels on the CPU, libtorch's operators elsewhere. */
  engine?: Engine | 'auto';
  generator: Generator;
}

export type ParameterName = 'fc1.weight' | 'fc1.bias' | 'fc1.A' | 'fc1.B' | 'fc2.weight' | 'fc2.bias';

/** The parameters by the names that the notebook's PyTorch module gives them. */
export type Parameters = Readonly<
  Record<Exclude<ParameterName, `fc2.${string}`>, Tensor> & {
    /** With DoRA. */
    'fc1.magnitude'?: Tensor;
    /** With a hidden layer. */
    'fc2.weight'?: Tensor;
    'fc2.bias'?: Tensor;
  }
>;

/**
 * Bag of words -> LoRA layer -> ReLU -> linear layer, with the parts it is made of. A linear model is the LoRA layer
 * alone. `dispose` frees all parts.
 */
export interface ClassifierModel {
  readonly classifier: Classifier;
  readonly hidden: LoraLinear;
  readonly output: Linear | null;
  readonly parameters: Parameters;
  /** To be called when the branch was replaced, which has new tensors then: `parameters` names them afterwards. */
  renewBranch(): void;
  dispose(): void;
}

/** The engine that `auto` stands for on `device`; the fused one has no DoRA. */
export function chooseEngine(engine: Engine | 'auto', device: Device, { useDora = false } = {}): Engine {
  if (engine !== 'auto') return engine;
  return device === 'cpu' && !useDora ? 'fused' : 'torch';
}

/**
 * Makes a new classifier. Its random numbers are drawn in the notebook's order: W, bias, A, then the second layer.
 * @throws what LoraLinear, Linear and Classifier throw
 */
export function createClassifier(options: ClassifierOptions): ClassifierModel {
  const { vocabularySize, hidden: width = 200, classes = 2, rank = 1, alpha = 1, generator } = options;
  const { useRslora = false, dtype = 'float32', device = 'cpu', engine = 'auto' } = options;
  const hidden = new LoraLinear({
    inFeatures: vocabularySize,
    outFeatures: width === 0 ? classes : width,
    rank,
    alpha,
    useRslora,
    dtype,
    device,
    generator,
  });
  const output =
    width === 0 ? null : new Linear({ inFeatures: width, outFeatures: classes, dtype, device, generator });
  const classifier = new Classifier({ hidden, output, engine: chooseEngine(engine, device) });
  const parameters: { -readonly [Name in keyof Parameters]: Parameters[Name] } = {
    'fc1.weight': hidden.weight,
    'fc1.bias': hidden.bias,
    'fc1.A': hidden.A,
    'fc1.B': hidden.B,
    ...(output && { 'fc2.weight': output.weight, 'fc2.bias': output.bias }),
  };
  const renewBranch = (): void => {
    for (const name of ['fc1.A', 'fc1.B', 'fc1.magnitude'] as const) parameters[name]?.dispose();
    delete parameters['fc1.magnitude'];
    parameters['fc1.A'] = hidden.A;
    parameters['fc1.B'] = hidden.B;
    const { magnitude } = hidden;
    if (magnitude !== null) parameters['fc1.magnitude'] = magnitude;
  };
  const dispose = (): void => {
    for (const part of [...Object.values(parameters), classifier, output, hidden]) part?.dispose();
  };
  return { classifier, hidden, output, parameters, renewBranch, dispose };
}
