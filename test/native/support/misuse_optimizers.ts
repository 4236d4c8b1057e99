/** The arguments of the optimizers. */
import { native } from '../../../src/binding.js';
import {
  boolean,
  finite,
  nonNegative,
  object,
  options,
  positive,
  wrong,
  type Argument,
  type Bad,
  type World,
} from './misuse.js';

const optional = (argument: Argument): Argument => ({ ...argument, optional: true });

export function parameters({ live, disposed }: World): Argument {
  const { weight, up } = live.LoraLinear;
  const group = { params: [weight] };
  const gone: Bad = { label: 'a disposed one', value: [disposed.Tensor], code: 'ERR_DISPOSED' };
  const bad = [
    wrong.range('none', []),
    wrong.range('one twice', [weight, weight]),
    wrong.range('a frozen one', [up]),
    wrong.range('no leaf', [weight.mul(2)]),
    wrong.type('a layer', [live.LoraLinear]),
    wrong.type('a tensor', weight),
    wrong.type('a hole', new Array(1)),
    wrong.type('null', null),
    wrong.type('a tensor, then a group', [weight, group]),
    wrong.type('a group, then a tensor', [group, weight]),
    wrong.type('a group without parameters', [{ lr: 1 }]),
    wrong.type('a group with a layer', [{ params: [live.LoraLinear] }]),
    wrong.range('groups without parameters', [{ params: [] }]),
    wrong.range('one in two groups', [group, group]),
    wrong.range('a negative lr of a group', [{ ...group, lr: -1 }]),
    wrong.type('an lr of a group that is null', [{ ...group, lr: null }]),
    wrong.range('a negative weight decay of a group', [{ ...group, weightDecay: -1 }]),
    gone,
  ];
  return { name: 'parameters', good: [weight], bad };
}

export function sgdOptions(): Argument {
  const fields = [
    positive('lr', 0.1),
    ...[nonNegative('momentum', 0.9), finite('dampening', 0), boolean('nesterov', true)].map(optional),
    optional(nonNegative('weightDecay', 0.1)),
  ];
  const nesterov = { lr: 1, nesterov: true };
  return options(
    'options',
    fields,
    wrong.range('nesterov without momentum', nesterov),
    wrong.range('nesterov with dampening', { ...nesterov, momentum: 0.9, dampening: 0.1 }),
  );
}

const betas: Argument = {
  name: 'betas',
  good: [0.9, 0.99],
  bad: [
    wrong.type('a number', 0.9),
    wrong.type('one number', [0.9]),
    wrong.type('three numbers', [0.9, 0.9, 0.9]),
    wrong.type('a string', [0.9, '0.9']),
    wrong.type('null', null),
    wrong.range('a NaN', [NaN, 0.9]),
    wrong.range('a one', [0.9, 1]),
    wrong.range('a negative number', [-0.1, 0.9]),
  ],
};

export function sparseAdamOptions(): Argument {
  const fields = [positive('lr', 0.1), betas, positive('eps', 1e-8)].map(optional);
  return optional(options('options', fields, wrong.range('weight decay', { weightDecay: 0.1 })));
}

export function adamOptions(): Argument {
  const fields = [positive('lr', 0.1), betas, positive('eps', 1e-8), nonNegative('weightDecay', 0.1)];
  return optional(options('options', fields.map(optional)));
}

/** The state of an optimizer whose parameters are W `[3, 5]` and b `[3]` and which has stepped W. */
export function state(world: World, ...names: string[]): Argument {
  const good: Record<string, unknown> = { 'param_groups.0.lr': 0.1 };
  if (names.length > 0) good['state.0.step'] = 1;
  for (const name of names) good[`state.0.${name}`] = native.Tensor.ones([3, 5]);
  const without = (key: string): unknown => Object.fromEntries(Object.entries(good).filter(([other]) => other !== key));
  const tensors = names.flatMap((name) => tensorEntries(world, `state.0.${name}`, good, without));
  const steps = [0, -1, 0.5, 2 ** 60].map((steps) => wrong.range(`${steps} steps`, { ...good, 'state.0.step': steps }));
  const bad = [
    ...[null, 1, 'x', undefined].map((value) => wrong.type(String(value), value)),
    wrong.range('nothing', {}),
    wrong.range('an lr of 0', { ...good, 'param_groups.0.lr': 0 }),
    wrong.range('an lr that is NaN', { ...good, 'param_groups.0.lr': NaN }),
    wrong.type('an lr that is a string', { ...good, 'param_groups.0.lr': '1' }),
    wrong.range('an lr that is a tensor', { ...good, 'param_groups.0.lr': native.Tensor.ones([1]) }),
    wrong.range('another group', { ...good, 'param_groups.1.lr': 1 }),
    wrong.range('another parameter', { ...good, 'state.2.step': 1 }),
    ...steps,
    ...tensors,
  ];
  return { name: 'state', good, bad };
}

function tensorEntries(
  world: World,
  key: string,
  good: Record<string, unknown>,
  without: (key: string) => unknown,
): Bad[] {
  const tensor = object(world, key, 'Tensor').bad.filter(({ value }) => typeof value !== 'number');
  return [
    wrong.range(`no ${key}`, without(key)),
    wrong.range(`no steps beside ${key}`, without('state.0.step')),
    wrong.range(`a number for ${key}`, { ...good, [key]: 1 }),
    wrong.shape(`another shape of ${key}`, { ...good, [key]: native.Tensor.ones([5, 3]) }),
    wrong.range(`another dtype of ${key}`, {
      ...good,
      [key]: native.Tensor.ones([3, 5], { dtype: 'float64' }),
    }),
    wrong.range(`a NaN in ${key}`, { ...good, [key]: native.Tensor.ones([3, 5]).mul(NaN) }),
    ...tensor.map(({ label, value, code }) => ({
      label: `${key}: ${label}`,
      value: { ...good, [key]: value },
      code,
    })),
  ];
}
