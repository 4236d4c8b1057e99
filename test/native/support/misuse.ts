import type {
  Adam,
  AdamW,
  Bags,
  Classifier,
  Generator,
  Linear,
  LinearSolver,
  LoraLinear,
  Sgd,
  SparseAdam,
  Tensor,
} from '../../../binding.js';
import { native } from '../../../src/binding.js';
import { unsteadyArrays } from './unsteady_arrays.js';
import { bits, createModel, parametersOf, type Model } from './models.js';

/** A value that an argument refuses, with the code that refuses it. */
export interface Bad {
  label: string;
  value: unknown;
  code: string;
}

/** An argument: a value that works, and values that do not. */
export interface Argument {
  name: string;
  good: unknown;
  bad: readonly Bad[];
  optional?: boolean;
  /** Of an options object. */
  fields?: readonly Argument[];
}

/** The class that an error with this code has. */
export function errorName(code: string): string {
  if (code === 'ERR_ARG_TYPE') return 'TypeError';
  return code === 'ERR_ARG_RANGE' || code === 'ERR_SHAPE' ? 'RangeError' : 'Error';
}

/** One live object of each class, and one that was disposed. */
export interface Objects {
  Generator: Generator;
  Tensor: Tensor;
  Bags: Bags;
  Linear: Linear;
  LoraLinear: LoraLinear;
  Sgd: Sgd;
  Adam: Adam;
  AdamW: AdamW;
  SparseAdam: SparseAdam;
  Classifier: Classifier;
  LinearSolver: LinearSolver;
}

const vocabulary = 5;

export class World {
  readonly live: Objects;
  readonly disposed: Objects;
  readonly #model: Model;

  constructor() {
    [this.live, this.#model] = createObjects();
    [this.disposed] = createObjects();
    for (const object of Object.values(this.disposed)) (object as Tensor).dispose();
  }

  /** All that a refused call must leave alone. */
  state(): unknown {
    const { hidden } = this.#model;
    const tensors = [...Object.values(parametersOf(this.#model)), this.live.Tensor];
    const { scale, loraEnabled } = hidden;
    const facts = tensors.map((tensor) => [bits(tensor), tensor.requiresGrad, tensor.grad === null]);
    const { Sgd, Adam, AdamW, SparseAdam } = this.live;
    const states = [Sgd, Adam, AdamW, SparseAdam].map((optimizer) => optimizer.stateDict());
    return { facts, scale, loraEnabled, states, threads: native.getNumThreads() };
  }
}

function createObjects(): [Objects, Model] {
  const model = createModel({ vocabulary, hidden: 3, rank: 2, engine: 'torch' });
  const { generator, hidden, output, classifier } = model;
  const objects = {
    Generator: generator,
    Tensor: native.Tensor.from(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    Bags: bags(vocabulary),
    Linear: output,
    LoraLinear: hidden,
    Sgd: new native.Sgd([hidden.weight, hidden.bias], { lr: 0.1 }),
    Adam: new native.Adam([hidden.weight, hidden.bias], { lr: 0.1 }),
    AdamW: new native.AdamW([hidden.weight, hidden.bias], { lr: 0.1 }),
    SparseAdam: new native.SparseAdam([hidden.weight, hidden.bias], { lr: 0.1 }),
    Classifier: classifier,
    LinearSolver: solver(),
  };
  return [objects, model];
}

/** A solver whose models are done. */
function solver(): LinearSolver {
  using twoBags = bags(3);
  const made = new native.LinearSolver(twoBags, {
    rowSets: [Int32Array.of(0, 1)],
    scoredRows: [Int32Array.of(1)],
    scales: [Float32Array.of(1, 0.5, 0)],
    models: [{ rows: 0, scale: 0, cost: 1, positive: 1 }],
    normalize: 'length',
    seed: 1,
    keepWeights: true,
  });
  made.run(1e9);
  return made;
}

function bags(vocabularySize: number, labels = [0, 1]): Bags {
  const ids = Int32Array.of(0, 1, 2);
  return new native.Bags({
    ids,
    offsets: Int32Array.of(0, 1, 3),
    labels: Int32Array.from(labels),
    vocabularySize,
  });
}

const type = (label: string, value: unknown): Bad => ({ label, value, code: 'ERR_ARG_TYPE' });
const range = (label: string, value: unknown): Bad => ({ label, value, code: 'ERR_ARG_RANGE' });
const shape = (label: string, value: unknown): Bad => ({ label, value, code: 'ERR_SHAPE' });
/** What the user's own code throws goes through as it is. */
const thrown = (label: string, value: unknown): Bad => ({ label, value, code: 'ERR_THROWN' });

function throwing(): never {
  throw Object.assign(new Error('thrown by the value'), { code: 'ERR_THROWN' });
}

/** Every trap of it throws. */
function trap(target: object): object {
  return new Proxy(target, new Proxy({}, { get: () => throwing }));
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const never = [
  type('null', null),
  type('an object', {}),
  type('a function', () => 1),
  type('a symbol', Symbol('x')),
  type('an array of arrays', [[1]]),
  type('an object that turns into a number', { valueOf: throwing, toString: throwing }),
  type('a Proxy', trap({})),
  type('a revoked Proxy', revoked()),
];
const notNumbers = [
  ...never,
  type('a string', '1'),
  type('a boolean', true),
  type('a bigint', 1n),
  type('a Number', Object(1)),
];
const notFinite = [NaN, Infinity, -Infinity].map((value) => range(String(value), value));

export function integer(name: string, good: number, least: number, most: number): Argument {
  const numbers = [least + 0.5, least - 1, most + 1, 1e300, -1e300, 2 ** 64];
  const bad = [...notFinite, ...numbers.map((value) => range(String(value), value))];
  return { name, good, bad: [...notNumbers, ...bad] };
}

export function positive(name: string, good: number): Argument {
  return { name, good, bad: [...notNumbers, ...notFinite, range('0', 0), range('-0', -0), range('-1', -1)] };
}

export function nonNegative(name: string, good: number): Argument {
  return { name, good, bad: [...notNumbers, ...notFinite, range('-1', -1)] };
}

export function finite(name: string, good: number): Argument {
  return { name, good, bad: [...notNumbers, ...notFinite] };
}

export function probability(name: string, good: number): Argument {
  const bad = [NaN, Infinity, -0.1, 1].map((value) => range(String(value), value));
  return { name, good, bad: [...notNumbers, ...bad] };
}

export function boolean(name: string, good: boolean): Argument {
  const types = [type('a number', 1), type('a string', 'true'), type('a Boolean', Object(true))];
  return { name, good, bad: [...never, ...types] };
}

export function choice(name: string, good: string): Argument {
  const types = [type('a number', 1), type('a String', Object(good))];
  const others = ['x', '', `${good}\0`, good.toUpperCase(), '\ud800', 'x'.repeat(1e6)];
  const ranges = others.map((value) => range(JSON.stringify(value.slice(0, 20)), value));
  return { name, good, bad: [...never, ...types, ...ranges] };
}

export function device(name: string): Argument {
  const strange = ['cuda:', 'cuda:-1', 'cuda:x', 'cuda:99999999999999999999', 'meta'];
  const bad = [
    ...strange.map((value) => range(value, value)),
    { label: 'a device that is not here', value: 'cuda:99', code: 'ERR_DEVICE' },
  ];
  return { ...choice(name, 'cpu'), bad: [...choice(name, 'cpu').bad, ...bad], optional: true };
}

export function sizes(name: string, good: number[]): Argument {
  const types = [
    type('a size that is a string', ['1']),
    type('a typed array', Int32Array.of(1)),
    type('holes', new Array(2)),
    type('a Proxy of an array', new Proxy([1], {})),
    thrown('a getter that throws', Object.defineProperty([1], 0, { get: throwing })),
  ];
  const bad = [-1, 0.5, NaN, Infinity, 2 ** 41].map((size) => range(`a size ${size}`, [size]));
  return {
    name,
    good,
    bad: [...notNumbers, ...types, ...bad, range('too many elements', [2 ** 21, 2 ** 21])],
  };
}

export function int32(name: string, good: Int32Array, ...bad: Bad[]): Argument {
  const others = [
    type('an array', [0]),
    type('a Float32Array', Float32Array.of(0)),
    type('a Uint32Array', Uint32Array.of(0)),
    type('a BigInt64Array', BigInt64Array.of(0n)),
    ...unsteadyArrays(Int32Array, good),
  ];
  return { name, good, bad: [...notNumbers, ...others, ...bad] };
}

/** An argument that is an object of `kind`. */
export function object(world: World, name: string, kind: keyof Objects, ...bad: Bad[]): Argument {
  const others = Object.entries(world.live).filter(([other]) => other !== kind);
  const foreign = others.map(([other, value]) => type(`a ${other}`, value));
  const imitations = [
    type('an imitation', Object.create(native[kind].prototype)),
    type('an heir', Object.create(world.live[kind])),
    type('a Proxy of one', new Proxy(world.live[kind], {})),
    type('a clone, as another thread gets it', structuredClone(world.live[kind])),
  ];
  const disposed = { label: 'a disposed one', value: world.disposed[kind], code: 'ERR_DISPOSED' };
  const types = [...never, type('a number', 1), ...imitations, ...foreign, disposed];
  return { name, good: world.live[kind], bad: [...types, ...bad] };
}

/** An argument that is an object of `fields`. */
export function options(name: string, fields: readonly Argument[], ...bad: Bad[]): Argument {
  const good = Object.fromEntries(fields.map((field) => [field.name, field.good]));
  const types = [
    type('null', null),
    type('a number', 1),
    type('a string', 'x'),
    type('a function', () => good),
    thrown('a Proxy', trap(good)),
  ];
  return {
    name,
    good,
    fields,
    bad: [...types, ...fields.flatMap((field) => badFields(good, field)), ...bad],
  };
}

function badFields(good: Readonly<Record<string, unknown>>, { name, optional, bad }: Argument): Bad[] {
  const wrong = bad.map(({ label, value, code }) => ({
    label: `${name}: ${label}`,
    value: { ...good, [name]: value },
    code,
  }));
  const getter = Object.defineProperty({ ...good }, name, { get: throwing });
  const missing = optional ? [] : [type(`no ${name}`, without(good, name))];
  return [...missing, ...wrong, thrown(`${name}: a getter that throws`, getter)];
}

function without(object: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

export const wrong = { type, range, shape, thrown, bags };
