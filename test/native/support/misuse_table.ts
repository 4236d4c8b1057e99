/** Every export of the addon with the arguments that it takes. */
import { native } from '../../../src/binding.js';
import {
  boolean,
  choice,
  finite,
  integer,
  int32,
  nonNegative,
  object,
  options,
  positive,
  probability,
  sizes,
  wrong,
} from './misuse.js';
import type { Argument, Objects, World } from './misuse.js';
import {
  adapterFields,
  bags,
  bagsOptions,
  data,
  dimension,
  factor,
  input,
  labelledBags,
  largest,
  layer,
  loraOptions,
  operand,
  optional,
  placement,
  rows,
  seed,
  sharedLayer,
  tensor,
  torch,
} from './misuse_arguments.js';
import { fittedModel, solverArguments } from './misuse_linear_solver.js';
import { adamOptions, parameters, sgdOptions, sparseAdamOptions, state } from './misuse_optimizers.js';

export type Arguments = (world: World) => Argument[];

export interface ClassEntry {
  /** Null: `new` is refused. */
  construct: Arguments | null;
  statics: Readonly<Record<string, Arguments>>;
  methods: Readonly<Record<string, Arguments>>;
  getters: readonly string[];
  setters: Readonly<Record<string, Argument>>;
}

const none: Arguments = () => [];
const dispose = { dispose: none };

/** The entry of an optimizer with these options and names of the state's tensors. */
function optimizer(given: () => Argument, ...names: string[]): ClassEntry {
  return {
    construct: (world) => [parameters(world), given()],
    statics: {},
    methods: {
      ...{ step: none, zeroGrad: none, stateDict: none, ...dispose },
      loadStateDict: (world) => [state(world, ...names)],
    },
    getters: [],
    setters: { lr: positive('lr', 0.5) },
  };
}

/** The optimizer of `trainBatches`. */
function anyOptimizer(world: World): Argument {
  const { Adam, AdamW, SparseAdam } = world.live;
  const others: unknown[] = [Adam, AdamW, SparseAdam];
  const { bad, ...rest } = object(world, 'optimizer', 'Sgd');
  return { ...rest, bad: bad.filter(({ value }) => !others.includes(value)) };
}

/** The output layer of a classifier. */
function output(world: World, ...more: Argument['bad'][number][]): Argument {
  const { bad, ...rest } = object(world, 'output', 'Linear', ...more);
  const others: unknown[] = [null, world.live.LoraLinear];
  const branch = wrong.shape('a LoraLinear for another width', world.live.LoraLinear);
  return { ...rest, bad: [...bad.filter(({ value }) => !others.includes(value)), branch] };
}

const lrFactors: Argument = {
  name: 'lrFactors',
  good: Float64Array.of(0.5),
  bad: [
    wrong.type('an array', [0.5]),
    wrong.type('a Float32Array', Float32Array.of(0.5)),
    wrong.type('null', null),
    wrong.range('a negative factor', Float64Array.of(-1)),
    wrong.range('an infinite factor', Float64Array.of(Infinity)),
    wrong.range('a NaN', Float64Array.of(NaN)),
    wrong.shape('too many factors', Float64Array.of(1, 1)),
  ],
};

/** @param good one factor for each class */
function classWeights(...good: number[]): Argument {
  const instead = (factor: number): Float64Array => Float64Array.from(good, (own, k) => (k === 0 ? factor : own));
  return {
    name: 'classWeights',
    good: Float64Array.from(good),
    bad: [
      wrong.type('an array', good),
      wrong.type('a Float32Array', Float32Array.from(good)),
      wrong.type('null', null),
      ...[0, -1, NaN, Infinity].map((factor) => wrong.range(`the factor ${factor}`, instead(factor))),
      wrong.shape('no factors', new Float64Array(0)),
      wrong.shape('too many factors', Float64Array.of(...good, 1)),
    ],
  };
}

export const classes: Readonly<Record<keyof Objects, ClassEntry>> = {
  Generator: {
    construct: () => [seed],
    statics: {},
    methods: { randomInt64: none, randperm: () => [integer('n', 3, 0, largest)], ...dispose },
    getters: [],
    setters: {},
  },
  Tensor: {
    construct: null,
    statics: {
      from: () => [
        data(),
        { ...sizes('shape', [2]), bad: [...sizes('shape', [2]).bad, wrong.shape('another size', [3])] },
      ],
      zeros: () => [sizes('shape', [2]), optional(options('options', placement))],
      ones: () => [sizes('shape', [2]), optional(options('options', placement))],
      randn: (world) => [
        sizes('shape', [2]),
        options('options', [...placement, object(world, 'generator', 'Generator')]),
      ],
    },
    methods: {
      toTypedArray: none,
      to: () => [options('options', placement)],
      clone: none,
      detach: none,
      copy_: (world) => [object(world, 'source', 'Tensor', wrong.shape('another shape', tensor(3, 2)))],
      ...{ add: operand, sub: operand, mul: operand, div: operand, matmul: factor, mm: factor },
      ...{ t: none, relu: none, abs: none, exp: none, log: none, sum: none, mean: none, max: none },
      ...{ softmax: dimension, logSoftmax: dimension, argmax: dimension },
      reshape: () => [{ ...sizes('shape', [3, 2]), bad: [...sizes('shape', []).bad, torch('another size', [4])] }],
      equal: (world) => [object(world, 'other', 'Tensor')],
      isFinite: none,
      svd: none,
      zeroGrad: none,
      ...dispose,
    },
    getters: ['shape', 'dtype', 'device', 'size', 'grad'],
    setters: { requiresGrad: boolean('requiresGrad', false) },
  },
  Bags: {
    construct: () => [bagsOptions],
    statics: {},
    methods: { ...dispose },
    getters: ['length', 'entries', 'vocabularySize'],
    setters: {},
  },
  Linear: {
    construct: (world) => layer(world),
    statics: { fromShared: ({ live }) => [sharedLayer(live.Linear.share())] },
    methods: { forward: (world) => [input(world, 3)], share: none, ...dispose },
    getters: ['weight', 'bias'],
    setters: {},
  },
  LoraLinear: {
    construct: (world) => layer(world, ...loraOptions()),
    statics: { fromShared: ({ live }) => [sharedLayer(live.LoraLinear.share())] },
    methods: {
      forward: (world) => {
        const { bad, ...rest } = input(world, 5);
        const other = wrong.shape('bags of another vocabulary', wrong.bags(6));
        return [
          { ...rest, bad: [...bad.filter(({ value }) => value !== world.live.Bags), other] },
          optional({
            ...rest,
            name: 'branchInput',
            bad: [...bad, wrong.shape('another length', tensor(3, 5))],
          }),
        ];
      },
      setTrainable: () => [options('options', [boolean('base', true), boolean('lora', false)])],
      deltaWeight: none,
      merge: (world) => [
        options('options', [object(world, 'generator', 'Generator'), optional(boolean('keepAdapter', false))]),
      ],
      initializeAdapter: (world) => [options('options', [...loraOptions(), object(world, 'generator', 'Generator')])],
      setAdapter: (world) => [options('adapter', adapterFields(world))],
      share: none,
      ...dispose,
    },
    getters: ['weight', 'bias', 'up', 'down', 'magnitude', 'rank', 'alpha', 'merged'],
    setters: {
      scale: finite('scale', 2),
      dropout: probability('dropout', 0.5),
      loraEnabled: boolean('loraEnabled', true),
    },
  },
  Sgd: optimizer(sgdOptions),
  Adam: optimizer(adamOptions, 'exp_avg', 'exp_avg_sq'),
  AdamW: optimizer(adamOptions, 'exp_avg', 'exp_avg_sq'),
  SparseAdam: optimizer(sparseAdamOptions, 'exp_avg', 'exp_avg_sq'),
  Classifier: {
    construct: (world) => {
      const generator = new native.Generator(2);
      const narrow = new native.Linear({ inFeatures: 4, outFeatures: 2, generator });
      const precise = new native.Linear({ inFeatures: 3, outFeatures: 2, dtype: 'float64', generator });
      const bad = [
        wrong.shape('an output layer for another width', narrow),
        wrong.range('an output layer of another dtype', precise),
      ];
      return [
        options('options', [object(world, 'hidden', 'LoraLinear'), output(world, ...bad), choice('engine', 'fused')]),
      ];
    },
    statics: {},
    methods: {
      forward: (world) => [bags(world), optional(rows())],
      trainBatches: (world) => [
        labelledBags(world),
        rows(),
        options('options', [
          integer('batchSize', 2, 1, largest),
          anyOptimizer(world),
          choice('loss', 'softmax'),
          optional(lrFactors),
          optional(positive('maxGradNorm', 1)),
          optional(probability('inputDropout', 0.5)),
          optional({ ...seed, name: 'dropoutSeed' }),
          optional(classWeights(1, 3)),
        ]),
      ],
      evaluate: (world) => [
        labelledBags(world),
        options(
          'options',
          [choice('loss', 'logits'), optional(integer('start', 1, 0, 2)), optional(integer('end', 2, 0, 2))],
          wrong.range('an end before the start', { loss: 'logits', start: 2, end: 1 }),
        ),
      ],
      gradients: (world) => [
        labelledBags(world),
        { ...rows(), bad: [...rows().bad, wrong.range('no rows', new Int32Array(0))] },
        options('options', [choice('loss', 'softmax'), optional(classWeights(1, 3))]),
      ],
      ...dispose,
    },
    getters: ['engine', 'classes'],
    setters: {},
  },
  LinearSolver: {
    construct: solverArguments,
    statics: {},
    methods: {
      run: () => [nonNegative('milliseconds', 5)],
      weights: fittedModel,
      bias: fittedModel,
      passes: fittedModel,
      scores: fittedModel,
      ...dispose,
    },
    getters: [],
    setters: {},
  },
};

/** Methods that need a receiver of their own; see the tests that name them. */
export const methodsElsewhere: Readonly<Partial<Record<keyof Objects, readonly string[]>>> = {
  Tensor: ['item', 'backward'],
  LoraLinear: ['unmerge'],
};

export const functions: Readonly<Record<Exclude<keyof typeof native, keyof Objects>, Arguments>> = {
  crossEntropy: (world) => [
    object(world, 'logits', 'Tensor', wrong.shape('a vector', tensor(2)), wrong.shape('other rows', tensor(3, 3))),
    int32(
      'labels',
      Int32Array.of(0, 2),
      wrong.shape('too few', Int32Array.of(0)),
      wrong.range('no class', Int32Array.of(0, 3)),
      wrong.range('a negative one', Int32Array.of(-1, 0)),
    ),
    choice('loss', 'softmax'),
    optional(classWeights(1, 3, 0.5)),
  ],
  setNumThreads: () => [integer('threads', native.getNumThreads(), 1, 1024)],
  getNumThreads: none,
  devices: none,
  liveObjects: none,
  skipStaticDestructors: none,
  versions: none,
};
