/** The arguments that several members of the addon take. */
import { native } from '../../../src/binding.js';
import {
  boolean,
  choice,
  device,
  finite,
  int32,
  integer,
  object,
  options,
  positive,
  probability,
  wrong,
} from './misuse.js';
import type { SharedLinear, SharedLoraLinear } from '../../../binding.js';
import type { Argument, World } from './misuse.js';
import { unsteadyArrays } from './unsteady_arrays.js';

export const largest = 2 ** 31 - 1;
export const tensor = (...shape: number[]): unknown => native.Tensor.zeros(shape);
export const doubles = (...shape: number[]): unknown => native.Tensor.zeros(shape, { dtype: 'float64' });
export const placement = [{ ...choice('dtype', 'float32'), optional: true }, device('device')];
export const optional = (argument: Argument): Argument => ({ ...argument, optional: true });

export const seed: Argument = {
  name: 'seed',
  good: 1,
  bad: [
    ...integer('seed', 1, 0, Number.MAX_SAFE_INTEGER).bad.filter(({ value }) => typeof value !== 'bigint'),
    wrong.range('a negative bigint', -1n),
    wrong.range('a bigint beyond 63 bits', 2n ** 63n),
  ],
};

export function data(): Argument {
  const good = Float32Array.of(1, 2);
  const others = [
    [1, 2],
    Int32Array.of(1, 2),
    Uint8Array.of(1, 2),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    'ab',
  ];
  const bad = [...others, null, 1].map((value) => wrong.type(Object.prototype.toString.call(value), value));
  const lengths = [wrong.shape('too few', new Float32Array(1)), wrong.shape('too many', new Float32Array(3))];
  return { name: 'data', good, bad: [...bad, ...lengths, ...unsteadyArrays(Float32Array, good)] };
}

export const torch = (label: string, value: unknown): Argument['bad'][number] => ({
  label,
  value,
  code: 'ERR_TORCH',
});

export function operand(world: World): Argument[] {
  const { name, bad } = object(world, 'other', 'Tensor', torch('sizes that do not fit', tensor(2, 2)));
  return [
    {
      name,
      good: 2,
      bad: [...bad.filter(({ value }) => typeof value !== 'number'), wrong.type('a bigint', 1n)],
    },
  ];
}

export function factor(world: World): Argument[] {
  const bad = [torch('sizes that do not fit', tensor(2, 3)), torch('another dtype', doubles(3, 2))];
  return [{ ...object(world, 'other', 'Tensor', ...bad), good: tensor(3, 2) }];
}

export function dimension(): Argument[] {
  const { bad, ...rest } = integer('dim', 1, -64, 63);
  return [{ ...rest, bad: [...bad, torch('a dimension that is not there', 2)] }];
}

const weights: Argument = {
  name: 'weights',
  good: Float32Array.of(0.5, -2, 1),
  bad: [
    wrong.type('null', null),
    wrong.type('a Float64Array', Float64Array.of(0.5, -2, 1)),
    wrong.shape('too few', Float32Array.of(0.5)),
    wrong.range('a NaN', Float32Array.of(0.5, NaN, 1)),
    ...unsteadyArrays(Float32Array, Float32Array.of(0.5, -2, 1)).filter(({ label }) => !label.includes('shared')),
  ],
};

/** `length` is the one string that is accepted. */
const normalize: Argument = {
  ...boolean('normalize', true),
  bad: [...boolean('normalize', true).bad, wrong.type('another form', 'norm'), wrong.type('more', 'length\0')],
};

const weighting = {
  ...options('weighting', [optional(weights), normalize, finite('gain', 2)]),
  name: 'weighting',
};

const values: Argument = {
  name: 'values',
  good: Float32Array.of(0.5, -2),
  bad: [
    wrong.type('null', null),
    wrong.type('an array', [0.5, -2]),
    wrong.type('a Float64Array', Float64Array.of(0.5, -2)),
    wrong.shape('too few', Float32Array.of(0.5)),
    wrong.range('a NaN', Float32Array.of(0.5, NaN)),
    wrong.range('an infinity', Float32Array.of(-Infinity, 1)),
    ...unsteadyArrays(Float32Array, Float32Array.of(0.5, -2)),
  ],
};

export const bagsOptions: Argument = options(
  'options',
  [
    int32(
      'ids',
      Int32Array.of(0, 1),
      wrong.range('unsorted ids', Int32Array.of(1, 0)),
      wrong.range('an id twice', Int32Array.of(1, 1)),
      wrong.range('a large id', Int32Array.of(0, 3)),
      wrong.range('a negative id', Int32Array.of(-1, 0)),
      wrong.shape('too few', Int32Array.of(0)),
    ),
    int32(
      'offsets',
      Int32Array.of(0, 2),
      wrong.shape('none', new Int32Array(0)),
      wrong.shape('a late start', Int32Array.of(1, 2)),
      wrong.shape('a late end', Int32Array.of(0, 3)),
      wrong.shape('too many', Int32Array.of(0, 1, 2)),
    ),
    int32(
      'labels',
      Int32Array.of(0),
      wrong.range('a negative label', Int32Array.of(-1)),
      wrong.shape('too many', Int32Array.of(0, 0)),
    ),
    integer('vocabularySize', 3, 1, largest - 1),
    optional(values),
    optional(weighting),
  ],
  wrong.shape('offsets that go back', {
    ids: Int32Array.of(0, 1),
    offsets: Int32Array.of(0, 5, 2),
    labels: Int32Array.of(0, 0),
    vocabularySize: 3,
  }),
);

export function layer(world: World, ...more: Argument[]): Argument[] {
  const fields = [integer('inFeatures', 4, 1, largest), integer('outFeatures', 3, 1, largest), ...placement];
  const precision = wrong.range('dtype: int64', {
    inFeatures: 4,
    outFeatures: 3,
    dtype: 'int64',
    generator: world.live.Generator,
  });
  return [
    options(
      'options',
      [...fields, optional(object(world, 'generator', 'Generator')), ...more],
      ...(more.length ? [] : [precision]),
    ),
  ];
}

/** Of a branch on a layer of 3 x 4 or 3 x 5. */
export function loraOptions(): Argument[] {
  return [
    integer('rank', 2, 1, 3),
    positive('alpha', 1),
    optional(boolean('useRslora', true)),
    optional(boolean('useDora', true)),
    optional(probability('dropout', 0.1)),
    optional(choice('initialization', 'pissa')),
  ];
}

/** An adapter for a layer of 3 x 5. */
export function adapterFields(world: World): Argument[] {
  const part = (name: string, good: unknown, ...bad: Argument['bad'][number][]): Argument => {
    const others = object(world, name, 'Tensor').bad;
    return { name, good, bad: [...others, wrong.shape('another shape', tensor(4, 4)), ...bad] };
  };
  const magnitude = part('magnitude', tensor(3));
  return [
    part('up', tensor(3, 7), wrong.shape('rank 0', tensor(3, 0)), wrong.shape('a vector', tensor(3))),
    part('down', tensor(7, 5), wrong.shape('another rank', tensor(6, 5))),
    finite('scale', 0),
    optional({ ...magnitude, bad: magnitude.bad.filter(({ value }) => value !== null) }),
    optional(probability('dropout', 0)),
  ];
}

/** What `share` returns. */
export function sharedLayer(good: SharedLinear | SharedLoraLinear): Argument {
  const memory = (name: 'weight' | 'bias' | 'up' | 'down' | 'magnitude', bytes: Uint8Array | null): Argument => ({
    name,
    good: bytes,
    bad: [
      wrong.type('a Float32Array', new Float32Array(new SharedArrayBuffer(64))),
      wrong.type('memory of its own', new Uint8Array(64)),
      wrong.type('a SharedArrayBuffer', new SharedArrayBuffer(64)),
      wrong.shape('no bytes', new Uint8Array(new SharedArrayBuffer(0))),
      wrong.shape('half an element', new Uint8Array(new SharedArrayBuffer(2))),
      wrong.shape('bytes that do not lie at whole elements', new Uint8Array(new SharedArrayBuffer(100), 1, 96)),
      wrong.shape('too many bytes', new Uint8Array(new SharedArrayBuffer(1 << 16))),
    ],
  });
  const fields = [
    integer('inFeatures', good.inFeatures, 1, largest),
    integer('outFeatures', good.outFeatures, 1, largest),
    choice('dtype', good.dtype),
    memory('weight', good.weight),
    memory('bias', good.bias),
  ];
  if (!('rank' in good)) return options('shared', fields);
  return options('shared', [
    ...fields,
    integer('rank', good.rank, 1, 3),
    finite('alpha', good.alpha),
    finite('scale', good.scale),
    probability('dropout', good.dropout),
    boolean('loraEnabled', good.loraEnabled),
    memory('up', good.up),
    memory('down', good.down),
    memory('magnitude', good.magnitude),
  ]);
}

export function input(world: World, width: number): Argument {
  const bad = [
    wrong.shape('another width', tensor(2, width + 1)),
    wrong.shape('a vector', tensor(width)),
    wrong.range('another dtype', doubles(2, width)),
  ];
  return { ...object(world, 'input', 'Tensor', ...bad), good: tensor(2, width) };
}

export function bags(world: World): Argument {
  return object(world, 'bags', 'Bags', wrong.shape('another vocabulary', wrong.bags(6)));
}

export function labelledBags(world: World): Argument {
  const { bad, ...rest } = bags(world);
  return { ...rest, bad: [...bad, wrong.range('a label that is no class', wrong.bags(5, [0, 2]))] };
}

export const rows = (): Argument =>
  int32(
    'rows',
    Int32Array.of(0, 1),
    wrong.range('a large row', Int32Array.of(2)),
    wrong.range('a negative row', Int32Array.of(-1)),
  );
