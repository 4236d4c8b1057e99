/**
 * The contract of the native addon: every export of `imdb_torch.node`, with shapes, units and errors.
 * Nothing else declares native types.
 *
 * Every call is synchronous. A bad argument throws before anything changes: `TypeError` with code `ERR_ARG_TYPE` (wrong
 * type, missing argument, foreign receiver), `RangeError` with code `ERR_ARG_RANGE` (value out of range) or `ERR_SHAPE`
 * (sizes that do not fit together), `Error` with code `ERR_DISPOSED` (used after `dispose()`), `ERR_STATE` (not allowed
 * now), `ERR_DEVICE` (no such device) or `ERR_TORCH` (libtorch refused). Errors thrown by getters of arguments pass
 * unchanged.
 *
 * Typed arrays are copied; those on shared, resizable or detached memory are refused (`ERR_ARG_TYPE`), unless it says
 * that they may be shared. Objects belong to the thread and the copy of the addon that made them; elsewhere they are
 * refused (`ERR_ARG_TYPE`). What `share` returns goes to other threads.
 *
 * Objects hold native memory, which is reported to V8. `dispose()` frees it at once and may be called twice;
 * `using` calls it; otherwise the garbage collector does, between turns of the event loop: a long synchronous loop that
 * makes objects should dispose of them.
 */

export type FloatDtype = 'float32' | 'float64';
export type Dtype = FloatDtype | 'int64';
export type Device = 'cpu' | 'cuda' | `cuda:${number}`;
/** `torch`: libtorch operators and autograd on any device. `fused`: the CPU kernels of this package. */
export type Engine = 'torch' | 'fused';
/**
 * The form of the loss. `logits` is cross entropy as in textbooks; `softmax` applies softmax before cross entropy, which
 * applies it again, as the notebook does: for two classes it cannot go below 0.3133.
 */
export type LossForm = 'softmax' | 'logits';
export type TypedArray = Float32Array | Float64Array | BigInt64Array;

interface Disposable {
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * A random number generator with libtorch's own CPU stream (Mersenne Twister): equal seeds give the numbers that
 * `torch.manual_seed(seed)` gives. Generators do not share state, so two trainings never disturb each other.
 */
export class Generator implements Disposable {
  /** @param seed integer in 0 .. 2^63 - 1 */
  constructor(seed: number | bigint);
  /** Draws as `torch.empty((), dtype=torch.int64).random_()` does: uniform in 0 .. 2^63 - 1. */
  randomInt64(): bigint;
  /** `torch.randperm(n, generator=this)`: a permutation of 0 .. n - 1. @param n 0 .. 2^31 - 1 */
  randperm(n: number): Int32Array;
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface TensorOptions {
  dtype?: Dtype;
  device?: Device;
}

/** An n-dimensional array of libtorch. Operators return new tensors and follow PyTorch's rules, broadcasting included. */
export class Tensor implements Disposable {
  private constructor();
  /** Copies `data` (row-major) into a new tensor on the CPU. @throws ERR_SHAPE when the lengths differ */
  static from(data: TypedArray, shape: readonly number[]): Tensor;
  static zeros(shape: readonly number[], options?: TensorOptions): Tensor;
  static ones(shape: readonly number[], options?: TensorOptions): Tensor;
  /** `torch.randn`: standard normal numbers, drawn in float32 on the CPU and then converted. */
  static randn(shape: readonly number[], options: TensorOptions & { generator: Generator }): Tensor;

  readonly shape: number[];
  readonly dtype: Dtype;
  readonly device: Device;
  /** Number of elements. */
  readonly size: number;
  /** Whether autograd records operations on this tensor. Set on leaves only. */
  requiresGrad: boolean;
  /** The gradient that `backward()` has accumulated here, or null. */
  readonly grad: Tensor | null;

  /** Copies the elements, row-major, into a typed array. */
  toTypedArray(): TypedArray;
  /** Returns the only element as a number; an int64 must be a safe integer. @throws ERR_SHAPE for other sizes */
  item(): number;
  /** Returns a copy with another dtype or on another device, or a new handle on the same tensor where nothing changes. */
  to(options: TensorOptions): Tensor;
  clone(): Tensor;
  /** Returns a handle on the same memory that autograd does not record. */
  detach(): Tensor;
  /** Overwrites the elements in place with those of `source` (same shape; converted where needed). */
  copy_(source: Tensor): void;

  add(other: Tensor | number): Tensor;
  sub(other: Tensor | number): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor | number): Tensor;
  /** `torch.matmul`: vectors, matrices and batches. */
  matmul(other: Tensor): Tensor;
  /** `torch.mm`: `[n, m] x [m, p] -> [n, p]`, matrices only. */
  mm(other: Tensor): Tensor;
  /** Returns the transpose of a matrix as a view. */
  t(): Tensor;
  reshape(shape: readonly number[]): Tensor;
  relu(): Tensor;
  abs(): Tensor;
  exp(): Tensor;
  log(): Tensor;
  softmax(dim: number): Tensor;
  logSoftmax(dim: number): Tensor;
  sum(): Tensor;
  mean(): Tensor;
  max(): Tensor;
  /** Returns int64 indices of the largest elements along `dim`. */
  argmax(dim: number): Tensor;
  /** Whether shape, dtype and elements are the same; NaN equals nothing. */
  equal(other: Tensor): boolean;
  /** Whether no element is a NaN or an infinity. */
  isFinite(): boolean;
  /**
   * `torch.linalg.svd(this, full_matrices=False)` of a matrix `[m, n]`, k being the smaller side: U `[m, k]`, S `[k]`
   * descending, Vh `[k, n]`.
   */
  svd(): { U: Tensor; S: Tensor; Vh: Tensor };
  /** Accumulates d(this)/d(leaf) into `grad` of every leaf that requires one. `this` has one element. */
  backward(): void;
  zeroGrad(): void;

  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Labelled bags of words in compressed rows: bag i holds the ids `ids[offsets[i] .. offsets[i + 1])`, each at most
 * once and ascending, with a value each: the row of a matrix that is 0 elsewhere. Immutable; the arrays are copied.
 */
export class Bags implements Disposable {
  /**
   * @param options.ids as a Uint16Array, where the vocabulary allows that, they take half the memory until they are copied
   * @param options.offsets length n + 1, from 0 to `ids.length`, ascending
   * @param options.labels length n, class numbers from 0
   * @param options.values one for each id; default: all 1
   * @param options.weighting changes the values first: each is multiplied by the weight of its word
   *   (`weights [vocabularySize]`, which may be on shared memory; default: all 1), with `normalize` divided by the Euclidean norm of its bag, or with
   *   `length` by the square root of the number of its ids, and multiplied by `gain`
   * @throws ERR_SHAPE lengths or offsets that do not fit; ERR_ARG_RANGE an id outside 0 .. vocabularySize - 1,
   *   unsorted or repeated ids in one bag, a negative label, a value that is NaN or infinite
   */
  constructor(options: {
    ids: Int32Array | Uint16Array;
    offsets: Int32Array;
    labels: Int32Array;
    vocabularySize: number;
    values?: Float32Array;
    weighting?: { weights?: Float32Array; normalize: boolean | 'length'; gain: number };
  });
  /** Number of bags. */
  readonly length: number;
  /** Number of ids in all bags together. */
  readonly entries: number;
  readonly vocabularySize: number;
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface LinearOptions {
  inFeatures: number;
  outFeatures: number;
  dtype?: FloatDtype;
  device?: Device;
  /** Draws the parameters; without it all are 0, which is for parameters that are about to be loaded. */
  generator?: Generator;
}

/**
 * `torch.nn.Linear`: y = x W^T + b. Initialised as PyTorch does (weight, then bias, both uniform in
 * +-1/sqrt(inFeatures)), drawn in float32 and then converted.
 */
export class Linear implements Disposable {
  constructor(options: LinearOptions);
  /** `[outFeatures, inFeatures]`, a leaf that requires a gradient. */
  readonly weight: Tensor;
  /** `[outFeatures]` */
  readonly bias: Tensor;
  /** `[n, inFeatures] -> [n, outFeatures]` */
  forward(input: Tensor): Tensor;
  /** Copies the layer as it is now into memory that threads share. @throws ERR_STATE for a layer off the CPU */
  share(): SharedLinear;
  /**
   * Makes a layer on the memory of `shared`, which it keeps alive and never changes: parameters on it require no
   * gradient, and what would write to them throws ERR_STATE.
   * @throws ERR_SHAPE for memory of another size than the shape needs
   */
  static fromShared(shared: SharedLinear): Linear;
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * A layer for other threads, to which structured cloning gives the same memory. Each parameter lies on a
 * SharedArrayBuffer as it lies in the layer, padding included.
 */
export interface SharedLinear {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly dtype: FloatDtype;
  readonly weight: Uint8Array;
  readonly bias: Uint8Array;
}

/** The same with a LoRA branch, merged or not, on or off, as it was. */
export interface SharedLoraLinear extends SharedLinear {
  readonly rank: number;
  readonly alpha: number;
  readonly scale: number;
  readonly dropout: number;
  readonly loraEnabled: boolean;
  readonly up: Uint8Array;
  readonly down: Uint8Array;
  readonly magnitude: Uint8Array | null;
}

/**
 * The ways in which a branch starts. Random numbers are drawn in float32 and, except for `notebook`, in the order in
 * which PEFT 0.21 draws them from the same seed.
 *
 * - `notebook`: `up` from N(0, 1), `down` is 0.
 * - `kaiming`: PEFT's default; `down` is drawn as `nn.Linear` draws its weight, `up` is 0.
 * - `gaussian`: `down` from N(0, 1 / rank^2), `up` is 0.
 * - `pissa`: scale * up * down is the part of W with the `rank` largest singular values, and W keeps the rest (Meng et
 *   al. 2024): until the branch is switched on the layer gives less than W did.
 */
export type LoraInitialization = 'notebook' | 'kaiming' | 'gaussian' | 'pissa';

export interface LoraOptions {
  /** 1 .. min(inFeatures, outFeatures) */
  rank: number;
  /** The branch is scaled by alpha / rank (Hu et al. 2021, section 4.1). */
  alpha: number;
  /** Scale by alpha / sqrt(rank) instead (Kalajdzievski 2023, arXiv 2312.03732). Default: false. */
  useRslora?: boolean;
  /** Learn the length of W's rows apart from their direction (Liu et al. 2024, arXiv 2402.09353). Default: false. */
  useDora?: boolean;
  /** 0 .. 1, 1 excluded; see `LoraLinear.dropout`. Default: 0. */
  dropout?: number;
  /** Default: `notebook`. */
  initialization?: LoraInitialization;
}

export interface LoraLinearOptions extends LinearOptions, LoraOptions {}

/**
 * A linear layer with a LoRA branch: y = x W^T + b, and, while `loraEnabled`, + scale * (x down^T) up^T. With DoRA that
 * is y = m * (x (W + scale * up * down)^T) + b, where m = magnitude / ||W + scale * up * down|| by row; the norm counts as a
 * constant in gradients, as in PEFT.
 *
 * `down` is A in the paper and `lora_A` in Hugging Face PEFT, `up` is B and `lora_B`. W is Xavier-normal, b is 0. Random
 * numbers are drawn in the order W, b, branch, in float32. W is kept column by column, so that the row of a word is
 * contiguous.
 */
export class LoraLinear implements Disposable {
  constructor(options: LoraLinearOptions);
  /** `[outFeatures, inFeatures]` */
  readonly weight: Tensor;
  /** `[outFeatures]` */
  readonly bias: Tensor;
  /** `[outFeatures, rank]`. A new branch has new tensors; the old ones stay what they were. */
  readonly up: Tensor;
  /** `[rank, inFeatures]` */
  readonly down: Tensor;
  /** `[outFeatures]` with DoRA, else null. */
  readonly magnitude: Tensor | null;
  readonly rank: number;
  /** The alpha that was given, or scale * rank after `setAdapter`. */
  readonly alpha: number;
  /** The factor of the branch, a finite number: alpha / rank or alpha / sqrt(rank) unless it is set. */
  scale: number;
  /** The probability with which training drops an entry of the branch's input. `forward` itself drops nothing. */
  dropout: number;
  /** Whether the branch takes part in `forward`. New layers: false. @throws ERR_STATE true while `merged` */
  loraEnabled: boolean;
  /** Whether W holds the branch, after `merge({ keepAdapter: true })`. */
  readonly merged: boolean;
  /** Chooses what requires a gradient: the base (W and b), the branch (up, down, magnitude). New layers: base only. */
  setTrainable(options: { base: boolean; lora: boolean }): void;
  /**
   * `[n, in] -> [n, out]`, or the bags of `input` as the rows of a matrix.
   * @param branchInput the input of the branch where it differs, as it does after dropout; of the same kind and length
   */
  forward(input: Tensor, branchInput?: Tensor): Tensor;
  forward(input: Bags, branchInput?: Bags): Tensor;
  /** Returns what `merge` adds to W, `[out, in]`: scale * up * down, or with DoRA m * (W + scale * up * down) - W. */
  deltaWeight(): Tensor;
  /**
   * W += deltaWeight(); switches the branch off, makes the base trainable and the branch not. Unless `keepAdapter`, `up`
   * is then drawn anew from N(0, 1) and `down` set to 0; with it, the layer is `merged` and keeps a copy of W for `unmerge`.
   * Nothing changes when the sum has a NaN or an infinity.
   * @throws ERR_NON_FINITE; ERR_STATE when `merged` already
   */
  merge(options: { generator: Generator } | { keepAdapter: true }): void;
  /**
   * Undoes `merge({ keepAdapter: true })`: W gets back every bit that it had, and the branch is on and trainable where
   * it was before. @throws ERR_STATE unless `merged`
   */
  unmerge(): void;
  /** Starts a new branch on the present W; it is on and trainable where the old one was. @throws ERR_STATE while `merged` */
  initializeAdapter(options: LoraOptions & { generator: Generator }): void;
  /**
   * Puts copies of these in the place of the branch, whose rank may be another; `magnitude` makes it DoRA.
   * @throws ERR_SHAPE; ERR_STATE while `merged`
   */
  setAdapter(adapter: { up: Tensor; down: Tensor; scale: number; magnitude?: Tensor | null; dropout?: number }): void;
  /** See `Linear.share`. */
  share(): SharedLoraLinear;
  /** See `Linear.fromShared`; a new branch has memory of its own. */
  static fromShared(shared: SharedLoraLinear): LoraLinear;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Parameters that share options; options that a group leaves out are those of the optimizer. */
export interface ParameterGroup {
  params: readonly Tensor[];
  /** Above 0. */
  lr?: number;
  /** At least 0. */
  weightDecay?: number;
}

/** Leaves that require a gradient, at least one, none twice. */
export type OptimizerParameters = readonly Tensor[] | readonly ParameterGroup[];

/**
 * The state of an optimizer, which is all that a resumed training needs: `param_groups.0.lr` (a number) and, for each
 * parameter that has been stepped, `state.0.step` (a number) and tensors of the parameter's shape like
 * `state.0.exp_avg`. Parameters are counted through all groups.
 */
export type OptimizerState = Record<string, Tensor | number>;

interface OptimizerMethods extends Disposable {
  /** The learning rate of the first group; setting it sets that of every group. Above 0. */
  lr: number;
  /** Updates every parameter that has a gradient. @throws ERR_STATE for SparseAdam; see there */
  step(): void;
  zeroGrad(): void;
  /** Returns the present state; its tensors are the optimizer's own until `loadStateDict`. */
  stateDict(): OptimizerState;
  /**
   * Copies a state that `stateDict` of an optimizer of the same kind has returned. Nothing changes when it is refused.
   * @throws ERR_ARG_RANGE an entry missing, unknown, of another dtype, or not finite; ERR_SHAPE another shape
   */
  loadStateDict(state: Readonly<OptimizerState>): void;
}

export interface SgdOptions {
  /** Above 0. */
  lr: number;
  /** At least 0; default 0. */
  momentum?: number;
  /** Default 0. */
  dampening?: number;
  /** Needs momentum and no dampening; default false. */
  nesterov?: boolean;
  /** At least 0; default 0. */
  weightDecay?: number;
}

/** `torch.optim.SGD`: `p -= lr * grad`, with momentum, Nesterov's momentum and weight decay as options. */
export class Sgd implements OptimizerMethods {
  constructor(parameters: OptimizerParameters, options: SgdOptions);
  lr: number;
  step(): void;
  zeroGrad(): void;
  stateDict(): OptimizerState;
  loadStateDict(state: Readonly<OptimizerState>): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface SparseAdamOptions {
  /** Above 0; default 0.001. */
  lr?: number;
  /** Each in 0 .. 1, 1 excluded; default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Above 0; default 1e-8. */
  eps?: number;
}

export interface AdamOptions extends SparseAdamOptions {
  /** At least 0; default 0, for AdamW 0.01. */
  weightDecay?: number;
}

/** `torch.optim.Adam`. */
export class Adam implements OptimizerMethods {
  constructor(parameters: OptimizerParameters, options?: AdamOptions);
  lr: number;
  step(): void;
  zeroGrad(): void;
  stateDict(): OptimizerState;
  loadStateDict(state: Readonly<OptimizerState>): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** `torch.optim.AdamW`: Adam with weight decay that is decoupled from the gradient. */
export class AdamW implements OptimizerMethods {
  constructor(parameters: OptimizerParameters, options?: AdamOptions);
  lr: number;
  step(): void;
  zeroGrad(): void;
  stateDict(): OptimizerState;
  loadStateDict(state: Readonly<OptimizerState>): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * `torch.optim.SparseAdam` for the parameters of a `Classifier` that have one column per word (W and `down` of its
 * hidden layer): only the columns of the batch's words move, moments included; the bias correction counts all
 * steps. The other parameters are stepped as by Adam. It needs to know a batch's words, so only `trainBatches`
 * steps it: `step()` throws ERR_STATE where a parameter has a gradient.
 */
export class SparseAdam implements OptimizerMethods {
  /** @throws ERR_ARG_RANGE for a group with weight decay */
  constructor(parameters: OptimizerParameters, options?: SparseAdamOptions);
  lr: number;
  step(): void;
  zeroGrad(): void;
  stateDict(): OptimizerState;
  loadStateDict(state: Readonly<OptimizerState>): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

export type Optimizer = Sgd | Adam | AdamW | SparseAdam;

export interface TrainBatchesOptions {
  batchSize: number;
  optimizer: Optimizer;
  loss: LossForm;
  /**
   * `[classes]`, finite numbers above 0: the factors of the losses of the bags with each label, whose sum is divided by
   * the sum of these factors, as `weight` of `torch.nn.CrossEntropyLoss`. Default: all 1. Evaluations have none.
   */
  classWeights?: Float64Array;
  /** Factors of all learning rates, one number of at least 0 for each batch; default 1. */
  lrFactors?: Float64Array;
  /** The largest norm of a batch's gradient: `torch.nn.utils.clip_grad_norm_` over the optimizer's parameters. */
  maxGradNorm?: number;
  /**
   * The probability with which an entry of a bag is dropped: its word counts as absent, and the values of the others
   * are divided by 1 - probability. Default: 0.
   */
  inputDropout?: number;
  /**
   * The seed of dropout, of the input and of a branch (`LoraLinear.dropout`). What is dropped follows from the seed, the
   * number of the bag and the place in it alone, whatever the engine, the threads and the calls that an epoch is cut
   * into. Needed with dropout; give each epoch another one.
   */
  dropoutSeed?: number | bigint;
}

export interface Evaluation {
  /** Sum of the losses of the bags; divide by `count` for the mean. */
  lossSum: number;
  /** Number of bags whose label has the largest logit (the first of equal ones). */
  correct: number;
  count: number;
}

export interface Gradients {
  /** Mean loss of the bags. */
  loss: number;
  /** The gradients of the mean loss, with the shapes of their parameters; null for parameters that require none. */
  weight: Tensor | null;
  bias: Tensor | null;
  up: Tensor | null;
  down: Tensor | null;
  /** The gradient of DoRA's magnitudes; null without DoRA. */
  magnitude: Tensor | null;
  outputWeight: Tensor | null;
  outputBias: Tensor | null;
}

/**
 * A classifier: bag of words -> hidden layer with LoRA -> ReLU -> classes. It keeps the layers that it is made of alive.
 * Without an output layer it is a linear model, whose hidden layer gives the logits, without ReLU.
 *
 * The `fused` engine refuses a branch with DoRA while it is on (ERR_STATE).
 *
 * While the LoRA branch is on and W and b are frozen, the `fused` engine computes x W^T + b once per `Bags` and
 * caches it (4 or 8 bytes x hidden x bags) until W or b change.
 */
export class Classifier implements Disposable {
  /**
   * @throws ERR_SHAPE layers that do not fit; ERR_ARG_RANGE different dtypes or devices, `fused` off the CPU or with a
   *   LoraLinear as output
   */
  constructor(options: { hidden: LoraLinear; output: Linear | LoraLinear | null; engine: Engine });
  readonly engine: Engine;
  /** Number of classes. */
  readonly classes: number;
  /** Returns the logits of `rows`, or of all bags, `[rows, classes]`. Autograd records it with the `torch` engine. */
  forward(bags: Bags, rows?: Int32Array): Tensor;
  /**
   * Trains on `rows` in order, `batchSize` at a time (the last batch may be smaller): forward, mean loss of the
   * batch, backward, step of `optimizer`. Only parameters that `optimizer` holds change.
   * @returns the loss of each batch before its step. A NaN or infinite loss ends the array: that batch and those
   *   after it have changed nothing.
   * @throws ERR_SHAPE unless there are as many `lrFactors` as batches and as many `classWeights` as classes
   */
  trainBatches(bags: Bags, rows: Int32Array, options: TrainBatchesOptions): Float64Array;
  /** Evaluates the bags `start .. end - 1` (default: all). */
  evaluate(bags: Bags, options: { loss: LossForm; start?: number; end?: number }): Evaluation;
  /**
   * Returns the mean loss of `rows` and its gradients, computed by this engine; nothing changes.
   * @param options `classWeights` as in `trainBatches`
   */
  gradients(bags: Bags, rows: Int32Array, options: { loss: LossForm; classWeights?: Float64Array }): Gradients;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A linear model to fit: one class against the rest. */
export interface LinearModelSpec {
  /** The index of its rows in `rowSets`. */
  rows: number;
  /** The index of its scale in `scales`. */
  scale: number;
  /** C, above 0: what the losses count against the squares of the weights. */
  cost: number;
  /** The class whose rows have the label 1; those of all others have -1. */
  positive: number;
}

export interface LinearSolverOptions {
  /** Numbers of the bags to fit on. A set without rows gives weights of 0. */
  rowSets: readonly Int32Array[];
  /** For each row set the numbers of the bags whose scores are wanted; default: none. */
  scoredRows?: readonly Int32Array[];
  /** `[vocabularySize]` each, finite with a finite square: the factor of each feature; 0 leaves a feature out. */
  scales: readonly Float32Array[];
  models: readonly LinearModelSpec[];
  /**
   * What the values of a row, times their scales, are divided by: nothing, their Euclidean norm, or with `length` the
   * square root of the number of the row's ids whose scale is not 0. A row without such an id stays empty.
   */
  normalize: 'none' | 'norm' | 'length';
  /** `[classes]`, finite and above 0: factors of the cost of the rows of each class; default: all 1. */
  classWeights?: Float64Array;
  /** Chooses the order of the rows in each pass. */
  seed: number | bigint;
  /**
   * Above 0; default 0.1. A model is done after a pass in which the largest and the smallest projected gradient are
   * at most this far apart. Numbers are float32: much less than 1e-5 times the largest score is never reached.
   */
  tolerance?: number;
  /** From 1, default 100: a model is done after so many passes in any case. */
  mostPasses?: number;
  /** Whether `weights` are wanted, 4 bytes for each feature and model. */
  keepWeights: boolean;
}

/**
 * Fits linear models as liblinear does: each minimises, over weights w and a bias b that is regularised as a weight,
 *
 *   (|w|^2 + b^2) / 2 + C * sum over the rows x of max(0, 1 - y (w x + b))^2
 *
 * with y = 1 for the rows of its class and -1 for the others, by dual coordinate descent over all rows in random order
 * (Hsieh et al. 2008, algorithm 1, L2-loss). Models of one row set are fitted eight at a time in one thread each; a
 * block takes 32 to 64 bytes for each feature while it is fitted.
 *
 * The bits of a model follow from its rows and their labels, its scale, cost, class and the options after `models`:
 * neither from the threads and the instruction set, nor from the other models, nor from features whose scale is 0, nor
 * from how the work is cut into calls of `run`.
 */
export class LinearSolver implements Disposable {
  /**
   * @param bags whose labels are classes
   * @throws ERR_SHAPE a scale of another length than the vocabulary, other `scoredRows` than `rowSets`, too few class
   *   weights; ERR_ARG_RANGE a row that is no bag, a model of rows or a scale that are not there
   */
  constructor(bags: Bags, options: LinearSolverOptions);
  /**
   * Works for about so many milliseconds (at least 0) on all threads, at least a few steps in any case. Call it until
   * all models are done. @returns the number of models that are done
   */
  run(milliseconds: number): number;
  /**
   * Returns the weights of a model times its scale, `[vocabularySize]`: the score of a row is the sum of these times
   * the row's values, divided as `normalize` says, plus the bias.
   * @throws ERR_STATE for a model that is not done, as the other methods do, or without `keepWeights`
   */
  weights(model: number): Float32Array;
  bias(model: number): number;
  /** Returns the number of passes over the rows that the model took. */
  passes(model: number): number;
  /** Returns w x + b of the scored rows of the model's row set. @throws ERR_STATE without `scoredRows` */
  scores(model: number): Float32Array;
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Returns the mean cross entropy of `logits [n, classes]` and class numbers `labels` (length n), a scalar that autograd
 * records.
 * @param classWeights `[classes]`, as in `trainBatches`
 */
export function crossEntropy(logits: Tensor, labels: Int32Array, loss: LossForm, classWeights?: Float64Array): Tensor;

/** Sets the threads of libtorch's operators and of the fused kernels. @param threads 1 .. 1024 */
export function setNumThreads(threads: number): void;
export function getNumThreads(): number;
/** Returns the device names that `device` options accept here: `cpu`, then `cuda:0`, `cuda:1`, ... */
export function devices(): string[];
/** Returns the number of native objects that are neither disposed nor collected, for leak tests. */
export function liveObjects(): number;
/**
 * Makes the process end, however it ends, without the destructors of static objects and other handlers of the C library:
 * those of libtorch take 0.15 s. For programs, not for libraries. Does nothing where the C library is not glibc.
 */
export function skipStaticDestructors(): void;
/** `libtorch` as compiled against, e.g. "2.13.0"; `kernels`: the instruction set the fused kernels chose. */
export function versions(): { libtorch: string; kernels: 'avx512' | 'avx2' | 'portable' };
