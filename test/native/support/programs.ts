/** Random programs over the API: their steps, each done by the addon and by the plain classifier. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Bags, Engine, LossForm, Sgd, Tensor } from '../../../binding.js';
import { native } from '../../../src/binding.js';
import { createModel, parameterNames, parametersOf, type Model, type ParameterName } from './models.js';
import { PlainClassifier, range, type PlainBags, type PlainParameters } from './plain_classifier.js';

const sizes = { inputs: 6, hidden: 5, classes: 3, rank: 2 };
const alpha = 3;
const dtype = 'float64';

/** A session of both: what the addon has, and what it should have. */
export class Session {
  readonly model: Model;
  readonly plain: PlainClassifier;
  readonly bags: Bags[];
  optimizer: Sgd;
  held: ReadonlySet<ParameterName> = new Set(['weight', 'bias', 'outputWeight', 'outputBias']);

  constructor(
    readonly engine: Engine,
    readonly data: readonly PlainBags[],
    seed: number,
  ) {
    const { inputs, hidden, classes, rank } = sizes;
    this.model = createModel({ vocabulary: inputs, hidden, classes, rank, alpha, dtype, engine, seed });
    this.plain = new PlainClassifier(sizes, this.#numbers(), alpha);
    this.bags = data.map(makeBags);
    this.optimizer = new native.Sgd(
      [...this.held].map((name) => this.parameters[name]),
      { lr: 0.1 },
    );
  }

  get parameters(): Record<ParameterName, Tensor> {
    return parametersOf(this.model);
  }

  /** Takes over what the addon has drawn at random. */
  readBack(name: ParameterName): void {
    this.plain.parameters[name] = this.#numbers()[name];
  }

  expectSame(): void {
    const { hidden } = this.model;
    for (const name of parameterNames) {
      expectSameNumbers(name, this.parameters[name].toTypedArray(), this.plain.parameters[name]);
    }
    const requiresGrad = parameterNames.map((name) => this.parameters[name].requiresGrad);
    expect(requiresGrad).toEqual(parameterNames.map((name) => this.plain.requiresGrad(name)));
    const { loraEnabled, scale, unmerged } = this.plain;
    expect([hidden.loraEnabled, hidden.scale, hidden.merged]).toEqual([loraEnabled, scale, unmerged !== null]);
  }

  #numbers(): PlainParameters {
    const entries = Object.entries(this.parameters).map(([name, tensor]) => [
      name,
      Array.from(tensor.toTypedArray(), Number),
    ]);
    return Object.fromEntries(entries) as PlainParameters;
  }
}

function makeBags({ bags, labels }: PlainBags): Bags {
  const offsets = [0];
  for (const bag of bags) offsets.push((offsets.at(-1) ?? 0) + bag.length);
  return new native.Bags({
    ids: Int32Array.from(bags.flat()),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(labels),
    vocabularySize: sizes.inputs,
  });
}

/** A few hundred roundings of float64, through a few steps of training; a wrong formula is off by far more. */
const tolerance = 1e-9;

export function expectSameNumbers(what: string, actual: Iterable<number | bigint>, expected: number[]): void {
  const numbers = Array.from(actual, Number);
  // Not by subtraction alone: it makes NaN of equal infinities.
  const apart = numbers.filter((value, i) => {
    const other = expected[i] ?? NaN;
    return !Object.is(value, other) && !(Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value)));
  });
  if (apart.length > 0 || numbers.length !== expected.length) {
    expect({ what, numbers }).toEqual({ what, numbers: expected });
  }
}

export const seed = fc.integer({ min: 0, max: 1000 });

export const plainBags: fc.Arbitrary<PlainBags> = fc
  .array(
    fc.record({
      bag: fc.subarray(range(sizes.inputs)),
      label: fc.integer({ min: 0, max: sizes.classes - 1 }),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((examples) => ({
    bags: examples.map(({ bag }) => bag),
    labels: examples.map(({ label }) => label),
  }));

/** Row numbers of bags whose count is not known yet. */
export function rowsOf(data: PlainBags, picks: readonly number[]): number[] {
  return picks.map((pick) => pick % data.bags.length);
}

export const picks = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 9 });
export const loss = fc.constantFrom<LossForm>('softmax', 'logits');
/** Exact in binary, so that sums that are 0 on paper are 0 in any order: there ReLU has its kink. */
export const eighths = fc.integer({ min: -16, max: 16 }).map((n) => n / 8);
export const parameter = fc.constantFrom(...parameterNames);

/** Of `fc.assert`. A failure prints seed and path; IMDB_TORCH_TEST_SEED draws other programs. */
export const programParameters = { seed: Number(process.env.IMDB_TORCH_TEST_SEED ?? 1), numRuns: 150 };
