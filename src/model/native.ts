/** The native classes and functions, which are the public ones: values and types under one name. */
import type * as Binding from '../../binding.js';
import { native } from '../binding.js';

export type {
  AdamOptions,
  Device,
  Dtype,
  Engine,
  Evaluation,
  FloatDtype,
  Gradients,
  LinearModelSpec,
  LinearOptions,
  LinearSolverOptions,
  LoraInitialization,
  LoraLinearOptions,
  LoraOptions,
  LossForm,
  Optimizer,
  OptimizerParameters,
  OptimizerState,
  ParameterGroup,
  SgdOptions,
  SharedLinear,
  SharedLoraLinear,
  SparseAdamOptions,
  TensorOptions,
  TrainBatchesOptions,
  TypedArray,
} from '../../binding.js';

export type Adam = Binding.Adam;
export type AdamW = Binding.AdamW;
export type Bags = Binding.Bags;
export type Classifier = Binding.Classifier;
export type Generator = Binding.Generator;
export type Linear = Binding.Linear;
export type LinearSolver = Binding.LinearSolver;
export type LoraLinear = Binding.LoraLinear;
export type Sgd = Binding.Sgd;
export type SparseAdam = Binding.SparseAdam;
export type Tensor = Binding.Tensor;

export const {
  /** @class */
  Adam,
  /** @class */
  AdamW,
  /** @class */
  Bags,
  /** @class */
  Classifier,
  /** @class */
  Generator,
  /** @class */
  Linear,
  /** @class */
  LinearSolver,
  /** @class */
  LoraLinear,
  /** @class */
  Sgd,
  /** @class */
  SparseAdam,
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
