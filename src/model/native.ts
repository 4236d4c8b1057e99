/** The native classes and functions, which are the public ones: values and types under one name. */
import type * as Binding from '../../binding.js';
import { native } from '../binding.js';

export type {
  Device,
  Dtype,
  Engine,
  Evaluation,
  FloatDtype,
  Gradients,
  LinearOptions,
  LoraLinearOptions,
  LossForm,
  TensorOptions,
  TypedArray,
} from '../../binding.js';

export type Bags = Binding.Bags;
export type Classifier = Binding.Classifier;
export type Generator = Binding.Generator;
export type Linear = Binding.Linear;
export type LoraLinear = Binding.LoraLinear;
export type Sgd = Binding.Sgd;
export type Tensor = Binding.Tensor;

export const {
  /** @class */
  Bags,
  /** @class */
  Classifier,
  /** @class */
  Generator,
  /** @class */
  Linear,
  /** @class */
  LoraLinear,
  /** @class */
  Sgd,
  /** @class */
  Tensor,
  /** @function */
  crossEntropy,
  /** @function */
  devices,
  /** @function */
  getNumThreads,
  /** @function */
  liveObjects,
  /** @function */
  setNumThreads,
  /** @function */
  versions,
} = native;
