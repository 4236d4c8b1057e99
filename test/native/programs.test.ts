/** Random programs over the API give what a slow model in plain TypeScript gives. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Engine, LossForm } from '../../binding.js';
import { native } from '../../src/binding.js';
import { engines, parameterNames, type ParameterName } from './support/models.js';
import {
  eighths,
  expectSameNumbers,
  loss,
  parameter,
  picks,
  plainBags,
  programParameters,
  rowsOf,
  seed,
  Session,
} from './support/programs.js';

/** Does a step on both sides and compares what it returns. */
type Run = (session: Session) => void;

/** A step with words for it in the report of a failure. */
function step<T>(name: string, details: fc.Arbitrary<T>, run: (details: T) => Run): fc.Arbitrary<Run> {
  return details.map((values) =>
    Object.assign(run(values), { [fc.toStringMethod]: () => `${name} ${fc.stringify(values)}` }),
  );
}

const which = fc.nat({ max: 1 });
const boolean = fc.boolean();

function pick(session: Session, index: number): { bags: Session['bags'][0]; data: Session['data'][0] } {
  const bags = session.bags[index];
  const data = session.data[index];
  if (!bags || !data) throw new Error('no such bags');
  return { bags, data };
}

interface Batch {
  which: number;
  picks: number[];
  loss: LossForm;
}
const batch = fc.record({ which, picks, loss });

const trainBatches = step(
  'trainBatches',
  fc.tuple(batch, fc.integer({ min: 1, max: 4 })),
  ([{ which, picks, loss }, batchSize]) =>
    (session) => {
      const { plain, model, optimizer, held } = session;
      const { bags, data } = pick(session, which);
      const rows = rowsOf(data, picks);
      const expected: number[] = [];
      for (let begin = 0; begin < rows.length; begin += batchSize) {
        expected.push(plain.step(data, rows.slice(begin, begin + batchSize), loss, optimizer.lr, held));
      }
      const options = { batchSize, optimizer, loss };
      const losses = model.classifier.trainBatches(bags, Int32Array.from(rows), options);
      expectSameNumbers('losses', losses, expected);
    },
);

const stepOfAutograd = step('a step of autograd', batch, ({ which, picks, loss }: Batch) => (session) => {
  const { plain, model, optimizer, held, engine } = session;
  // What the fused engine computes is not recorded.
  if (engine !== 'torch') return;
  const { bags, data } = pick(session, which);
  const rows = rowsOf(data, picks);
  const labels = Int32Array.from(rows, (row) => data.labels[row] ?? 0);
  const value = native.crossEntropy(model.classifier.forward(bags, Int32Array.from(rows)), labels, loss);
  optimizer.zeroGrad();
  value.backward();
  optimizer.step();
  optimizer.zeroGrad();
  expectSameNumbers('loss', [value.item()], [plain.step(data, rows, loss, optimizer.lr, held)]);
});

const evaluate = step('evaluate', fc.tuple(batch, picks), ([{ which, loss }, [from = 0]]) => (session) => {
  const { bags, data } = pick(session, which);
  const start = from % bags.length;
  const rows = data.labels.map((_, row) => row).slice(start);
  const { lossSum, correct, count } = session.model.classifier.evaluate(bags, { loss, start });
  const expected = session.plain.evaluate(data, rows, loss);
  expectSameNumbers('evaluation', [lossSum, correct, count], [expected.lossSum, expected.correct, rows.length]);
});

const forward = step('forward', batch, ({ which, picks }: Batch) => (session) => {
  const { bags, data } = pick(session, which);
  const rows = rowsOf(data, picks);
  const logits = session.model.classifier.forward(bags, Int32Array.from(rows));
  expectSameNumbers(
    'logits',
    logits.toTypedArray(),
    rows.flatMap((row) => session.plain.logits(data.bags[row] ?? [])),
  );
});

const gradients = step('gradients', batch, ({ which, picks, loss }: Batch) => (session) => {
  const { bags, data } = pick(session, which);
  const rows = rowsOf(data, picks);
  const actual = session.model.classifier.gradients(bags, Int32Array.from(rows), { loss });
  const expected = session.plain.gradients(data, rows, loss);
  expectSameNumbers('loss', [actual.loss], [expected.loss]);
  for (const name of parameterNames) {
    const gradient = actual[name];
    expect(gradient !== null).toBe(session.plain.requiresGrad(name));
    if (gradient) expectSameNumbers(`gradient of ${name}`, gradient.toTypedArray(), expected[name]);
  }
});

const setLoraEnabled = step('loraEnabled =', boolean, (value) => ({ model, plain }) => {
  const set = (): boolean => (model.hidden.loraEnabled = value);
  if (value && plain.unmerged !== null) expect(set).toThrow();
  else plain.loraEnabled = set();
});

const setScale = step('scale =', eighths, (value) => ({ model, plain }) => {
  model.hidden.scale = plain.scale = value;
});

const setTrainable = step(
  'setTrainable',
  fc.record({ base: boolean, lora: boolean }),
  (trainable) =>
    ({ model, plain }) => {
      model.hidden.setTrainable(trainable);
      plain.trainable = trainable;
    },
);

const newOptimizer = step(
  'new Sgd',
  fc.tuple(fc.subarray([...parameterNames]), fc.constantFrom(0.01, 0.1, 0.25)),
  ([names, lr]) =>
    (session) => {
      const held = names.filter((name) => session.plain.requiresGrad(name));
      if (held.length === 0) return;
      session.held = new Set<ParameterName>(held);
      session.optimizer = new native.Sgd(
        held.map((name) => session.parameters[name]),
        { lr },
      );
    },
);

const merge = step('merge', boolean, (keepAdapter) => (session) => {
  const { hidden, generator } = session.model;
  const run = (): void => {
    hidden.merge(keepAdapter ? { keepAdapter } : { generator });
  };
  if (session.plain.unmerged !== null) {
    expect(run).toThrow();
    return;
  }
  run();
  session.plain.merge(keepAdapter);
  if (keepAdapter) return;
  session.plain.parameters.down.fill(0);
  session.readBack('up');
});

const unmerge = step('unmerge', fc.constant(null), () => ({ model, plain }) => {
  const run = (): void => {
    model.hidden.unmerge();
  };
  if (plain.unmerged === null) expect(run).toThrow();
  else run();
  plain.unmerge();
});

const overwrite = step('copy_', fc.tuple(parameter, fc.array(eighths, { minLength: 1 })), ([name, values]) => {
  return ({ parameters, plain }) => {
    const numbers = plain.parameters[name].map((_, i) => values[i % values.length] ?? 0);
    parameters[name].copy_(native.Tensor.from(Float64Array.from(numbers), parameters[name].shape));
    plain.parameters[name] = numbers;
  };
});

const refusals: readonly Run[] = [
  ({ model, bags, optimizer }) => {
    const options = { batchSize: 1, optimizer, loss: 'logits' } as const;
    for (const one of bags) model.classifier.trainBatches(one, Int32Array.of(0, one.length), options);
  },
  ({ model, bags, optimizer }) => {
    const options = { batchSize: 0, optimizer, loss: 'logits' } as const;
    for (const one of bags) model.classifier.trainBatches(one, Int32Array.of(0), options);
  },
  ({ model, bags }) => {
    for (const one of bags) model.classifier.evaluate(one, { loss: 'logits', end: one.length + 1 });
  },
  ({ model }) => (model.hidden.scale = NaN),
  ({ optimizer }) => (optimizer.lr = -1),
  ({ parameters }) => {
    parameters.weight.copy_(native.Tensor.zeros([1]));
  },
  ({ model }) => {
    const generator = new native.Generator(1);
    generator.dispose();
    model.hidden.merge({ generator });
  },
];

const refused = step('a refused call', fc.nat({ max: refusals.length - 1 }), (index) => (session) => {
  expect(() => refusals[index]?.(session)).toThrow();
});

const program = fc.array(
  fc.oneof(
    { arbitrary: trainBatches, weight: 3 },
    { arbitrary: overwrite, weight: 3 },
    ...[stepOfAutograd, evaluate, forward, gradients, setLoraEnabled, setScale, setTrainable],
    ...[newOptimizer, merge, unmerge, refused],
  ),
  { minLength: 1, maxLength: 15, size: 'max' },
);

describe.each(engines)('engine %s', (engine: Engine) => {
  test('when random programs run then each step gives what plain TypeScript gives', () => {
    const property = fc.property(seed, fc.tuple(plainBags, plainBags), program, (start, data, steps) => {
      const session = new Session(engine, data, start);
      for (const run of steps) {
        run(session);
        session.expectSame();
      }
    });
    fc.assert(property, programParameters);
  });
});
