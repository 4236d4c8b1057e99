/** The linear models of LinearSolver against scikit-learn's LinearSVC, against their optimum and against each other. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { getNumThreads, LinearSolver, setNumThreads, type LinearSolverOptions } from '../../src/model/native.js';
import {
  allRows,
  bagsOf,
  float32Sums,
  gradientOf,
  factorOf,
  fit,
  randomRows,
  randomScale,
} from './support/linear_problems.js';
import type { Fitted, Rows } from './support/linear_problems.js';

const threadsBefore = getNumThreads();
afterAll(() => {
  setNumThreads(threadsBefore);
});

interface Case extends Omit<Rows, 'features'> {
  scales: number[];
  normalize: LinearSolverOptions['normalize'];
  cost: number;
  classWeights: number[] | null;
  models: { weights: number[]; bias: number }[];
}

const { features, cases } = JSON.parse(readFileSync('test/fixtures/linear_solver.json', 'utf8')) as {
  features: number;
  cases: Case[];
};

test.each(cases)('when rows are divided by $normalize and C is $cost then models are those of LinearSVC', (one) => {
  const data = { ...one, features };
  using bags = bagsOf(data);
  const fitted = fit(bags, {
    rowSets: [allRows(data)],
    scoredRows: [new Int32Array(0)],
    scales: [Float32Array.from(one.scales)],
    models: one.models.map((_, positive) => ({ rows: 0, scale: 0, cost: one.cost, positive })),
    normalize: one.normalize,
    ...(one.classWeights && { classWeights: Float64Array.from(one.classWeights) }),
    seed: 5,
    tolerance: 1e-6,
    mostPasses: 3000,
    keepWeights: true,
  });
  fitted.forEach(({ weights, bias }, k) => {
    const expected = [...(one.models[k]?.weights ?? []), one.models[k]?.bias ?? NaN];
    const largest = Math.max(...expected.map(Math.abs));
    const apart = [...weights, bias].map((value, j) => Math.abs(value - (expected[j] ?? NaN)) / largest);
    expect(Math.max(...apart)).toBeLessThan(float32Sums);
  });
});

const data = randomRows(3, 300, 90, false);
const halves = [allRows(data).filter((row) => row % 2 === 0), allRows(data).filter((row) => row % 3 !== 0)];
const many: LinearSolverOptions = {
  rowSets: [...halves, new Int32Array(0)],
  scoredRows: [...halves, Int32Array.of(0, 1)],
  scales: [randomScale(1, 90), randomScale(2, 90)],
  // More than the lanes of a block, some with the scale of their neighbours and some not; those of class 7 have no rows.
  models: [0, 1, 2].flatMap((rows) =>
    [0, 1, 2, 7].flatMap((positive) =>
      [0.1, 1, 5].flatMap((cost) => [0, 1].map((scale) => ({ rows, scale, cost, positive }))),
    ),
  ),
  normalize: 'length',
  seed: 9,
  keepWeights: true,
};

function bytesOf(fitted: readonly Fitted[]): string[] {
  return fitted.map(
    ({ weights, scores, bias, passes }) =>
      [weights, scores].map(({ buffer }) => Buffer.from(buffer).toString('base64')).join() + ` ${bias} ${passes}`,
  );
}

test('when threads, neighbours and calls are others then each model has the same bits', () => {
  using bags = bagsOf(data);
  setNumThreads(1);
  const expected = bytesOf(fit(bags, many));
  setNumThreads(2);
  expect(bytesOf(fit(bags, many))).toEqual(expected);
  expect(bytesOf(fit(bags, many, 0))).toEqual(expected);
  const reversed = { ...many, models: many.models.toReversed() };
  expect(bytesOf(fit(bags, reversed)).reverse()).toEqual(expected);
  for (const k of [0, 5, 13, 30, many.models.length - 1]) {
    const alone = { ...many, models: many.models.slice(k, k + 1) };
    expect(bytesOf(fit(bags, alone))).toEqual(expected.slice(k, k + 1));
  }
});

test('when features that are left out are added to the rows then models have the same bits', () => {
  using bags = bagsOf(data);
  const added = {
    ...data,
    // Every feature has one more before it.
    features: 180,
    rows: data.rows.map((ids, row) => ids.flatMap((id) => (row % 3 === 0 ? [2 * id + 1] : [2 * id, 2 * id + 1]))),
    values: data.values.map((values, row) => values.flatMap((value) => (row % 3 === 0 ? [value] : [1, value]))),
  };
  using moreBags = bagsOf(added);
  const spread = (scale: Float32Array): Float32Array =>
    Float32Array.from({ length: 180 }, (_, id) => (id % 2 === 0 ? 0 : (scale[(id - 1) / 2] ?? NaN)));
  for (const normalize of ['none', 'norm', 'length'] as const) {
    const own = { ...many, normalize };
    const plain = fit(bags, own).map((model) => ({ ...model, weights: spread(model.weights) }));
    expect(bytesOf(fit(moreBags, { ...own, scales: many.scales.map(spread) }))).toEqual(bytesOf(plain));
  }
});

test('when another seed is given then the order of the rows is another one', () => {
  using bags = bagsOf(data);
  expect(bytesOf(fit(bags, { ...many, seed: 10 }))).not.toEqual(bytesOf(fit(bags, many)));
});

test.each([1, 2, 3, 4, 5, 6])(
  'when problem %i is drawn then its models are at their optimum, and scores are theirs',
  (seed) => {
    const drawn = randomRows(seed, 60 + 40 * seed, 30 + 10 * seed, seed % 2 === 0);
    using bags = bagsOf(drawn);
    const options: LinearSolverOptions = {
      rowSets: [allRows(drawn), allRows(drawn).filter((row) => row % 4 !== 0)],
      scoredRows: [allRows(drawn), allRows(drawn).filter((row) => row % 4 === 0)],
      scales: [randomScale(seed, drawn.features), randomScale(seed + 50, drawn.features)],
      models: [0, 1].flatMap((rows) =>
        [0, 1, 2].flatMap((positive) =>
          [0.05, 1].map((cost) => ({ rows, scale: (positive + rows) % 2, cost, positive })),
        ),
      ),
      normalize: (['none', 'norm', 'length'] as const)[seed % 3] ?? 'none',
      ...(seed > 3 && { classWeights: Float64Array.of(1, 0.5, 3) }),
      seed,
      tolerance: 1e-3,
      mostPasses: 5000,
      keepWeights: true,
    };
    fit(bags, options).forEach((model, k) => {
      const spec = options.models[k] ?? { rows: 0, scale: 0, cost: NaN, positive: 0 };
      expect(model.passes).toBeLessThan(5000);
      expect(gradientOf(drawn, options, spec, model)).toBeLessThan(1e-3);
      const scale = options.scales[spec.scale] ?? new Float32Array(0);
      const scores = Array.from(options.scoredRows?.[spec.rows] ?? [], (row) => {
        const [ids, values] = [drawn.rows[row] ?? [], drawn.values[row] ?? []];
        const sum = ids.reduce((total, id, j) => total + (values[j] ?? NaN) * (model.weights[id] ?? NaN), 0);
        return expect.closeTo(factorOf(ids, values, scale, options.normalize) * sum + model.bias, 4);
      });
      expect([...model.scores]).toEqual(scores);
    });
  },
);

test('when a model may take so many passes then it takes no more', () => {
  using bags = bagsOf(data);
  const [one] = fit(bags, { ...many, models: many.models.slice(5, 6), tolerance: 1e-9, mostPasses: 3 });
  expect(one?.passes).toBe(3);
});

test('when there are no rows then weights are 0 and scores are the bias', () => {
  using bags = bagsOf(data);
  const [one] = fit(bags, { ...many, models: [{ rows: 2, scale: 0, cost: 1, positive: 0 }] });
  expect(one).toEqual({ weights: new Float32Array(90), bias: 0, passes: 1, scores: new Float32Array(2) });
  using none = new LinearSolver(bags, { ...many, models: [] });
  expect(none.run(1)).toBe(0);
});

test('when models are not done, or nothing of what is asked for is kept, then it says so', () => {
  using bags = bagsOf(data);
  const { scoredRows, ...others } = many;
  expect(scoredRows).toHaveLength(3);
  using solver = new LinearSolver(bags, { ...others, keepWeights: false, tolerance: 1e-9, mostPasses: 1e6 });
  expect(solver.run(0)).toBe(0);
  for (const method of ['weights', 'bias', 'passes', 'scores'] as const) {
    expect(() => solver[method](0)).toThrow('Expected a model that is fitted but model 0 is not yet');
  }
  solver.dispose();
  expect(() => solver.run(1)).toThrow('Expected a live LinearSolver but received one that was disposed');
  using done = new LinearSolver(bags, { ...others, keepWeights: false });
  while (done.run(1) < many.models.length);
  expect(() => done.weights(0)).toThrow('Expected a solver with keepWeights but this one keeps none');
  expect(() => done.scores(0)).toThrow('Expected a solver with scoredRows but this one has none');
  expect(Number.isFinite(done.bias(0))).toBe(true);
});

test('when bags are disposed of while their models are fitted then fitting goes on', () => {
  const bags = bagsOf(data);
  using solver = new LinearSolver(bags, many);
  solver.run(0);
  bags.dispose();
  while (solver.run(1) < many.models.length);
  using again = bagsOf(data);
  expect(solver.weights(0)).toEqual(fit(again, many)[0]?.weights);
});
