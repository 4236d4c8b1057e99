/** The arguments of a LinearSolver. */
import { boolean, choice, integer, object, options, positive, wrong } from './misuse.js';
import type { Argument, Bad, World } from './misuse.js';
import { largest, optional, seed } from './misuse_arguments.js';
import { unsteadyArrays } from './unsteady_arrays.js';

/** An argument that is an array of typed arrays. */
function arrays(name: string, good: Int32Array | Float32Array, ...bad: Bad[]): Argument {
  const type = good instanceof Int32Array ? Int32Array : Float32Array;
  return {
    name,
    good: [good],
    bad: [
      wrong.type('null', null),
      wrong.type('a number', 1),
      wrong.type('a typed array', good),
      wrong.type('an array of numbers', [1]),
      wrong.type('an array of arrays', [[1]]),
      wrong.type('a hole', new Array(1)),
      wrong.type('another typed array', [new Float64Array(good.length)]),
      ...unsteadyArrays(type, good).map(({ label, value, code }) => ({ label, value: [value], code })),
      ...bad,
    ],
  };
}

function rowSets(name: string): Argument {
  return arrays(
    name,
    Int32Array.of(0, 1),
    wrong.range('a row that is no bag', [Int32Array.of(0, 2)]),
    wrong.range('a negative row', [Int32Array.of(-1)]),
  );
}

const scales = arrays(
  'scales',
  Float32Array.of(1, 0, -2, 1, 1),
  wrong.shape('too few', [Float32Array.of(1)]),
  wrong.range('a NaN', [Float32Array.of(1, NaN, 1, 1, 1)]),
  wrong.range('an infinite square', [Float32Array.of(1, 1e30, 1, 1, 1)]),
);

const spec = options('model', [
  integer('rows', 0, 0, 0),
  integer('scale', 0, 0, 0),
  positive('cost', 0.5),
  integer('positive', 1, 0, largest),
]);

const models: Argument = {
  name: 'models',
  good: [spec.good],
  bad: [
    wrong.type('null', null),
    wrong.type('an object', {}),
    wrong.type('an array of numbers', [1]),
    ...spec.bad.map(({ label, value, code }) => ({ label, value: [value], code })),
  ],
};

const classWeights: Argument = {
  name: 'classWeights',
  good: Float64Array.of(1, 2),
  bad: [
    wrong.type('an array', [1, 2]),
    wrong.type('a Float32Array', Float32Array.of(1, 2)),
    wrong.type('null', null),
    wrong.range('a weight of 0', Float64Array.of(1, 0)),
    wrong.range('a NaN', Float64Array.of(1, NaN)),
    wrong.range('an infinite weight', Float64Array.of(1, Infinity)),
    wrong.shape('too few weights', Float64Array.of(1)),
  ],
};

export function solverArguments(world: World): Argument[] {
  return [
    object(world, 'bags', 'Bags', wrong.shape('another vocabulary', wrong.bags(6))),
    options('options', [
      rowSets('rowSets'),
      optional(rowSets('scoredRows')),
      scales,
      models,
      choice('normalize', 'length'),
      optional(classWeights),
      seed,
      optional(positive('tolerance', 0.1)),
      optional(integer('mostPasses', 3, 1, largest)),
      boolean('keepWeights', true),
    ]),
  ];
}

export const fittedModel = (): Argument[] => [integer('model', 0, 0, 0)];
