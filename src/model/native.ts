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
  Bags,
  Classifier,
  Generator,
  Linear,
  LoraLinear,
  Sgd,
  Tensor,
  crossEntropy,
  devices,
  getNumThreads,
  liveObjects,
  setNumThreads,
  versions,
} = native;
