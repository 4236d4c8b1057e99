/** What optimizers do beside their numbers, which src/experiments/verify compares with torch.optim's. */
import { describe, expect, test } from '@jest/globals';
import type { Optimizer, Tensor } from '../../binding.js';
import { native } from '../../src/binding.js';
import { allRows, bits, createModel, parametersOf, randomBags } from './support/models.js';

const kinds = ['Sgd', 'Adam', 'AdamW', 'SparseAdam'] as const;

function leaf(tensor: Tensor): Tensor {
  tensor.requiresGrad = true;
  return tensor;
}

/** Gives `leaf` this gradient. */
function setGradient(leaf: Tensor, gradient: Tensor): void {
  leaf.zeroGrad();
  leaf.mul(gradient).sum().backward();
}

describe('step', () => {
  test('when only one parameter has a gradient then the others stay, and their steps are not counted', () => {
    const [one, other] = [leaf(native.Tensor.ones([2])), leaf(native.Tensor.ones([2]))];
    const optimizer = new native.Adam([one, other]);
    setGradient(one, native.Tensor.ones([2]));
    optimizer.step();
    expect(bits(other)).toBe(bits(native.Tensor.ones([2])));
    expect(Object.keys(optimizer.stateDict())).toEqual([
      'param_groups.0.lr',
      'state.0.exp_avg',
      'state.0.exp_avg_sq',
      'state.0.step',
    ]);
  });

  test('when the words of a batch are not known then SparseAdam refuses and changes nothing', () => {
    const parameter = leaf(native.Tensor.ones([2]));
    const optimizer = new native.SparseAdam([parameter]);
    optimizer.step();
    setGradient(parameter, native.Tensor.ones([2]));
    expect(() => {
      optimizer.step();
    }).toThrow(expect.objectContaining({ name: 'Error', code: 'ERR_STATE' }));
    expect(bits(parameter)).toBe(bits(native.Tensor.ones([2])));
    expect(Object.keys(optimizer.stateDict())).toEqual(['param_groups.0.lr']);
  });
});

describe('lr', () => {
  test('when it is set then every group has it', () => {
    const [one, other] = [leaf(native.Tensor.ones([2])), leaf(native.Tensor.ones([2]))];
    const optimizer = new native.Sgd([{ params: [one], lr: 0.5 }, { params: [other] }], { lr: 0.25 });
    expect(optimizer.lr).toBe(0.5);
    optimizer.lr = 2;
    const { 'param_groups.0.lr': first, 'param_groups.1.lr': second } = optimizer.stateDict();
    expect([first, second]).toEqual([2, 2]);
  });
});

const everyEngine = kinds.flatMap((kind) => (['torch', 'fused'] as const).map((engine) => ({ kind, engine })));

describe.each(everyEngine)('the state of $kind with the $engine engine', ({ kind, engine }) => {
  const bags = randomBags(40, 30);
  const make = (): { optimizer: Optimizer; train: () => void; parameters: Tensor[] } => {
    const model = createModel({ vocabulary: 30, hidden: 7, engine });
    const parameters = Object.values(parametersOf(model)).filter((tensor) => tensor.requiresGrad);
    const optimizer = new native[kind](parameters, { lr: 0.05, momentum: 0.9 });
    const options = { batchSize: 8, optimizer, loss: 'softmax' } as const;
    return {
      optimizer,
      parameters,
      train: () => void model.classifier.trainBatches(bags, allRows(bags), options),
    };
  };

  test('when it is loaded into a new optimizer then training goes on as if it had never stopped', () => {
    const [whole, resumed] = [make(), make()];
    whole.train();
    resumed.parameters.forEach((tensor, i) => {
      const source = whole.parameters[i];
      if (source) tensor.copy_(source);
    });
    resumed.optimizer.loadStateDict(whole.optimizer.stateDict());
    whole.train();
    resumed.train();
    expect(resumed.parameters.map(bits)).toEqual(whole.parameters.map(bits));
  });

  test('when a state without steps is loaded then the optimizer is as new', () => {
    const used = make();
    const before = used.parameters.map((tensor) => tensor.clone());
    const fresh = used.optimizer.stateDict();
    used.train();
    const after = used.parameters.map(bits);
    used.optimizer.loadStateDict(fresh);
    used.parameters.forEach((tensor, i) => {
      const source = before[i];
      if (source) tensor.copy_(source);
    });
    used.train();
    expect(used.parameters.map(bits)).toEqual(after);
  });
});
