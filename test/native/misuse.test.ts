/** Every export, constructor, method, getter and setter of the addon, called wrongly. */
import { describe, expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { runNode } from './support/child.js';
import { errorName, World, type Argument, type Bad, type Objects } from './support/misuse.js';
import { classes, functions, type ClassEntry } from './support/misuse_table.js';

type Call = (...values: unknown[]) => unknown;

/** Each bad value in each place, and each argument that must be there left out. */
function* badCalls(given: readonly Argument[]): Iterable<{ values: unknown[] } & Bad> {
  const good = given.map((argument) => argument.good);
  for (const [place, { name, bad, optional }] of given.entries()) {
    const missing: Bad = { label: 'missing', value: undefined, code: 'ERR_ARG_TYPE' };
    for (const one of optional ? bad : [missing, ...bad]) {
      yield { ...one, label: `${name}: ${one.label}`, values: good.with(place, one.value) };
    }
    if (!optional) yield { ...missing, label: `${name} and what follows`, values: good.slice(0, place) };
  }
}

function outcome(call: () => unknown): unknown {
  try {
    call();
    return 'no error';
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    return { name, code, sentence: message.length > 10 };
  }
}

function refusal(code: string): object {
  return { name: errorName(code), code, sentence: true };
}

/** Each call of `badCalls` is refused and changes nothing, makes no object and draws no random number. */
function expectRefused(world: World, given: readonly Argument[], call: Call): void {
  const before = world.state();
  const alive = native.liveObjects();
  for (const { label, code, values } of badCalls(given)) {
    expect({ label, ...(outcome(() => call(...values)) as object) }).toEqual({ label, ...refusal(code) });
  }
  expect(native.liveObjects()).toBe(alive);
  expect(world.state()).toEqual(before);
  expect(world.live.Generator.randomInt64()).toBe(new World().live.Generator.randomInt64());
}

interface Member {
  value?: unknown;
  get?: Call;
  set?: Call;
}

function prototypeOf(name: keyof Objects): object {
  return native[name].prototype;
}

function memberOf(name: keyof Objects, key: string): Member {
  return Object.getOwnPropertyDescriptor(prototypeOf(name), key) ?? {};
}

const entries = Object.entries(classes) as [keyof Objects, ClassEntry][];

describe.each(Object.entries(functions))('%s', (name, argumentsOf) => {
  const call = native[name as keyof typeof functions] as Call;

  test('when arguments are missing or wrong then it refuses them and changes nothing', () => {
    const world = new World();
    const given = argumentsOf(world);
    expectRefused(world, given, call);
    call(...given.map(({ good }) => good));
  });
});

/** Calls a member of the class `name` on everything that is none of its objects, and on one that was disposed. */
function expectReceiversRefused(world: World, name: keyof Objects, call: Call, afterDispose: unknown): void {
  const { [name]: own, ...others } = world.live;
  const heirs = [Object.create(prototypeOf(name)), Object.create(own), new Proxy(own, {})] as unknown[];
  const foreign = [...Object.values(others), ...heirs, prototypeOf(name), native[name], {}, 1, null, undefined];
  for (const receiver of foreign) expect(outcome(() => call(receiver))).toEqual(refusal('ERR_ARG_TYPE'));
  expect(outcome(() => call(world.disposed[name]))).toEqual(afterDispose);
}

describe.each(entries)('%s', (name, entry) => {
  const constructor = native[name] as unknown as (new (...values: unknown[]) => object) & Record<string, Call>;

  test('when it is constructed wrongly then it refuses', () => {
    const world = new World();
    const unconstructed = outcome(() => Reflect.apply(constructor as unknown as Call, undefined, []));
    expect(unconstructed).toEqual(refusal('ERR_ARG_TYPE'));
    if (entry.construct) {
      const given = entry.construct(world);
      expectRefused(world, given, (...values) => new constructor(...values));
      new constructor(...given.map(({ good }) => good));
    } else {
      expect(outcome(() => new constructor())).toEqual(refusal('ERR_ARG_TYPE'));
    }
  });

  for (const [method, argumentsOf] of Object.entries(entry.statics)) {
    test(`when ${method} is called wrongly then it refuses`, () => {
      const world = new World();
      const given = argumentsOf(world);
      const call: Call = (...values) => constructor[method]?.(...values);
      expectRefused(world, given, call);
      call(...given.map(({ good }) => good));
    });
  }

  for (const [method, argumentsOf] of Object.entries(entry.methods)) {
    test(`when ${method} is called wrongly then it refuses`, () => {
      const world = new World();
      const given = argumentsOf(world);
      const run = memberOf(name, method).value as Call;
      const good = given.map((argument) => argument.good);
      expectRefused(world, given, (...values) => run.apply(world.live[name], values));
      // What is disposed may be disposed again.
      const afterDispose = method === 'dispose' ? 'no error' : refusal('ERR_DISPOSED');
      expectReceiversRefused(world, name, (receiver) => run.apply(receiver, good), afterDispose);
      run.apply(world.live[name], good);
    });
  }

  for (const key of [...entry.getters, ...Object.keys(entry.setters)]) {
    test(`when ${key} is used wrongly then it refuses`, () => {
      const world = new World();
      const { get, set } = memberOf(name, key);
      const disposed = refusal('ERR_DISPOSED');
      expectReceiversRefused(world, name, (receiver) => get?.call(receiver), disposed);
      const argument = entry.setters[key];
      if (!argument) return;
      expectReceiversRefused(world, name, (receiver) => set?.call(receiver, argument.good), disposed);
      expectRefused(world, [argument], (...values) => set?.apply(world.live[name], values));
      set?.call(world.live[name], argument.good);
      expect(get?.call(world.live[name])).toEqual(argument.good);
    });
  }
});

describe('Tensor', () => {
  test('when a tensor has more than one element then item and backward refuse', () => {
    const tensor = native.Tensor.zeros([2]);
    tensor.requiresGrad = true;
    expect(outcome(() => tensor.item())).toEqual(refusal('ERR_SHAPE'));
    expect(
      outcome(() => {
        tensor.backward();
      }),
    ).toEqual(refusal('ERR_SHAPE'));
    expect(tensor.grad).toBeNull();
  });

  test('when nothing recorded how a tensor came about then backward refuses', () => {
    expect(
      outcome(() => {
        native.Tensor.zeros([]).backward();
      }),
    ).toEqual(refusal('ERR_STATE'));
  });

  test('when a tensor is no leaf or int64 then requiresGrad cannot be set', () => {
    const leaf = native.Tensor.zeros([2]);
    leaf.requiresGrad = true;
    const sum = leaf.sum();
    expect(
      outcome(() => {
        sum.requiresGrad = false;
      }),
    ).toEqual(refusal('ERR_STATE'));
    const whole = native.Tensor.zeros([2], { dtype: 'int64' });
    expect(
      outcome(() => {
        whole.requiresGrad = true;
      }),
    ).toEqual(refusal('ERR_STATE'));
  });

  test('when an integer is beyond what a number holds then item refuses', () => {
    const whole = native.Tensor.from(BigInt64Array.of(2n ** 60n), [1]);
    expect(outcome(() => whole.item())).toEqual(refusal('ERR_ARG_RANGE'));
  });
});

test('when a process makes the worst calls then none brings it down', () => {
  const { code, signal, stdout, stderr } = runNode({ file: 'nasty_calls.mjs' });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    hugeTensor: 'ERR_TORCH',
    hugeLinear: 'ERR_TORCH',
    hugeLora: 'ERR_TORCH',
    hugeShape: 'ERR_ARG_TYPE',
    manyDimensions: 0,
    deepGraph: 1,
    changedUnderAutograd: 'ERR_TORCH',
    twiceBackward: 'ERR_TORCH',
    disposeWhileReading: 'done',
    layersGoFirst: 1,
    parametersGoFirst: 'done',
    heir: 'bigint',
    falseTensor: 'ERR_ARG_TYPE',
    foreignTarget: 'ERR_ARG_TYPE',
    constructTwice: 'ERR_ARG_TYPE',
    overlap: 'ERR_TORCH',
    itself: 'done',
    emptyMaximum: 'ERR_TORCH',
    noClasses: 'ERR_ARG_RANGE',
    wholeLogits: 'ERR_TORCH',
    largestVocabulary: 1,
    disposedTwice: 'done',
  });
}, 180_000);
