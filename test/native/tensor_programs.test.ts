/** Random programs over tensors, views of one memory and refused calls among them, against plain TypeScript. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Tensor } from '../../binding.js';
import { native } from '../../src/binding.js';
import { PlainTensor } from './support/plain_tensor.js';
import { eighths, expectSameNumbers, programParameters } from './support/programs.js';

interface Pair {
  real: Tensor;
  plain: PlainTensor;
}

interface Step {
  operator: string;
  first: number;
  second: number;
  number: number;
  shape: number[];
}

/** The same on both sides. Null: the addon has to refuse. */
interface Operator {
  real: (a: Tensor, b: Tensor, step: Step) => Tensor;
  plain: (a: PlainTensor, b: PlainTensor, step: Step) => PlainTensor | null;
}

const unary =
  (f: (value: number) => number): Operator['plain'] =>
  (a) =>
    a.map(f);
const binary =
  (f: (x: number, y: number) => number): Operator['plain'] =>
  (a, b) =>
    a.zip(b, f);

const operators: Readonly<Record<string, Operator>> = {
  add: { real: (a, b) => a.add(b), plain: binary((x, y) => x + y) },
  sub: { real: (a, b) => a.sub(b), plain: binary((x, y) => x - y) },
  mul: { real: (a, b) => a.mul(b), plain: binary((x, y) => x * y) },
  div: { real: (a, b) => a.div(b), plain: binary((x, y) => x / y) },
  addNumber: {
    real: (a, _, { number }) => a.add(number),
    plain: (a, _, { number }) => a.map((x) => x + number),
  },
  mulNumber: {
    real: (a, _, { number }) => a.mul(number),
    plain: (a, _, { number }) => a.map((x) => x * number),
  },
  mm: { real: (a, b) => a.mm(b), plain: (a, b) => a.mm(b) },
  t: { real: (a) => a.t(), plain: (a) => a.t() },
  reshape: { real: (a, _, { shape }) => a.reshape(shape), plain: (a, _, { shape }) => a.reshape(shape) },
  relu: { real: (a) => a.relu(), plain: unary((x) => Math.max(0, x)) },
  abs: { real: (a) => a.abs(), plain: unary(Math.abs) },
  softmax: { real: (a) => a.softmax(-1), plain: (a) => a.softmax() ?? PlainTensor.of([], [1]) },
  sum: { real: (a) => a.sum(), plain: (a) => a.sum() },
  max: { real: (a) => a.max(), plain: (a) => a.max() },
  clone: { real: (a) => a.clone(), plain: (a) => a.map((x) => x) },
  detach: { real: (a) => a.detach(), plain: (a) => a },
  copy_: {
    real: (a, b) => {
      a.copy_(b);
      return a.detach();
    },
    plain: (a, b) => {
      if (String(a.shape) !== String(b.shape) || a.overlaps(b)) return null;
      a.copyFrom(b);
      return a;
    },
  },
};

function run(pool: Pair[], step: Step): void {
  const a = pool[step.first % pool.length];
  const b = pool[step.second % pool.length];
  const operator = operators[step.operator];
  if (!a || !b || !operator) throw new Error('no such operand or operator');
  const plain = operator.plain(a.plain, b.plain, step);
  if (plain === null) expect(() => operator.real(a.real, b.real, step)).toThrow();
  else pool.push({ plain, real: operator.real(a.real, b.real, step) });
}

const shape = fc.array(fc.constantFrom(1, 2, 3, 6), { maxLength: 2 });
const start: fc.Arbitrary<{ shape: number[]; values: number[] }> = shape.chain((sizes) => {
  const length = sizes.reduce<number>((product, size) => product * size, 1);
  return fc.record({
    shape: fc.constant(sizes),
    values: fc.array(eighths, { minLength: length, maxLength: length }),
  });
});
const step: fc.Arbitrary<Step> = fc.record({
  operator: fc.constantFrom(...Object.keys(operators)),
  first: fc.nat({ max: 50 }),
  second: fc.nat({ max: 50 }),
  number: eighths,
  shape,
});

test('when random programs of operators run then every tensor has the elements of plain TypeScript', () => {
  const starts = fc.array(start, { minLength: 2, maxLength: 4 });
  const steps = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
  const property = fc.property(starts, steps, (tensors, program) => {
    const pool = tensors.map(({ shape: sizes, values }) => ({
      real: native.Tensor.from(Float64Array.from(values), sizes),
      plain: PlainTensor.of(sizes, values),
    }));
    for (const one of program) {
      run(pool, one);
      for (const { real, plain } of pool) {
        expect(real.shape).toEqual(plain.shape);
        expectSameNumbers(one.operator, real.toTypedArray(), plain.values);
      }
    }
  });
  fc.assert(property, programParameters);
});
