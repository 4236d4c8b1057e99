/** Every case that PyTorch has computed, recomputed by every engine; see scripts/make_reference.py. */
import { describe, expect, test } from '@jest/globals';
import { readDataset } from '../../../src/data/dataset.js';
import { committedExperiment } from '../../../src/experiments/verify/experiment_plan.js';
import { allBackends, type Backend } from '../../../src/experiments/verify/backends.js';
import {
  committedCases,
  readReferenceSet,
  type ReferenceCase,
} from '../../../src/experiments/verify/reference_cases.js';
import { backendsOf, recomputeCase } from '../../../src/experiments/verify/verify.js';
import { Tensor } from '../../../src/model/native.js';

const { cases } = await readReferenceSet(committedCases());
const dataset = await readDataset({ ...committedExperiment.data, cacheFolder: null });
const backends = allBackends();

const rowsOf = (group: string): [string, string, ReferenceCase, Backend][] =>
  cases
    .filter(({ facts }) => facts.group === group)
    .flatMap((reference) =>
      backendsOf(reference, backends).map((backend): [string, string, ReferenceCase, Backend] => [
        reference.facts.name,
        `${backend.engine} on ${backend.device}`,
        reference,
        backend,
      ]),
    );

describe.each([...new Set(cases.map(({ facts }) => facts.group))])('of %s', (group) => {
  test.each(rowsOf(group))(
    'when %s is recomputed by %s then every value is that of PyTorch',
    async (_name, _backend, reference, backend) => {
      const { comparisons } = await recomputeCase(reference, backend, { backends: backends, dataset });
      expect(comparisons.length).toBeGreaterThan(1);
      expect(comparisons.filter(({ passed }) => !passed)).toEqual([]);
    },
  );
});

test('when every operator that returns a tensor is listed then each has a case', () => {
  const operatorOf = ({ facts }: ReferenceCase): string => (facts as unknown as { operator: string }).operator;
  const tested = new Set(cases.filter(({ facts }) => facts.group === 'operators').map(operatorOf));
  const others = ['to', 'detach', 'copy_', 'equal', 'isFinite', 'backward', 'zeroGrad', 'dispose', 'item', 'svd'];
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype));
  const methods = descriptors.filter(([, { value }]) => typeof value === 'function').map(([name]) => name);
  const operators = methods.filter((name) => !['constructor', 'toTypedArray', ...others].includes(name));
  expect([...tested].sort()).toEqual(operators.sort());
});
