import { expect, test } from '@jest/globals';
import { checkLayerOutputs } from '../../src/experiments/layer_output_checks.js';
import { fineTuningChecks, mergeChecks } from '../../src/experiments/lora_checks.js';
import type { PerParameter } from '../../src/experiments/layer_state.js';
import { compareLogits } from '../../src/experiments/merge.js';
import { fastestOf } from '../../src/experiments/operator_benchmark.js';
import { chooseDevice } from '../../src/experiments/device.js';
import type { LayerName } from '../../src/storage/adapter.js';

const timing = (operator: string, median: number, spread: number) => ({
  operator,
  median,
  lowerQuartile: median - spread / 2,
  upperQuartile: median + spread / 2,
});

test('when one operator is faster by more than the noise then it alone is fastest', () => {
  expect(fastestOf([timing('matmul', 20, 1), timing('mm', 10, 1), timing('@', 21, 1)])).toEqual(['mm']);
});

test('when the medians differ by less than the noise then all are fastest', () => {
  const timings = [timing('matmul', 20, 4), timing('mm', 21, 4), timing('@', 22, 4)];
  expect(fastestOf(timings)).toEqual(['matmul', 'mm', '@']);
});

test('when logits are compared then differences and flipped predictions are found', () => {
  const before = Float64Array.of(1, 2, -3, 0, 1, 0);
  const after = Float64Array.of(2.5, 2, -3, 0, 1, 0);
  expect(compareLogits(before, after, 2)).toEqual({
    maxAbsLogitDifference: 1.5,
    maxAbsLogit: 3,
    predictionFlips: 1,
  });
});

test.each([
  { dtype: 'float32', rank: 1, alpha: 1, useRslora: false, useDora: false },
  { dtype: 'float64', rank: 4, alpha: 8, useRslora: true, useDora: true },
] as const)('when a layer of $dtype and rank $rank is observed then o1 to o7 fit together', (layer) => {
  const checks = checkLayerOutputs({ seed: 3, device: 'cpu', ...layer });
  expect(checks.map(({ name, passed }) => [name.slice(0, 2), passed])).toEqual(
    ['o2', 'o3', 'o4', 'o5', 'o6', 'o7'].map((name) => [name, true]),
  );
});

test('when W moved in fine-tuning or B did not then the checks say so', () => {
  const checks = fineTuningChecks(new Map([['fc1', { weight: false, bias: true, up: false, down: true }]] as const));
  expect(checks.map(({ passed }) => passed)).toEqual([false, true, true, false]);
});

test('when the output layer has a branch, too, then the checks say which layer they are of', () => {
  const moved = { weight: true, bias: true, up: false, down: false, magnitude: true };
  const both = new Map<LayerName, PerParameter<boolean>>([
    ['fc1', { weight: true, bias: true }],
    ['fc2', moved],
  ]);
  expect(fineTuningChecks(both).map(({ name, passed }) => `${name}: ${passed}`)).toEqual([
    'fine-tuning left W of fc1 as it was, bit for bit: true',
    'fine-tuning left the bias of fc1 as it was, bit for bit: true',
    'fine-tuning left W of fc2 as it was, bit for bit: true',
    'fine-tuning left the bias of fc2 as it was, bit for bit: true',
    'fine-tuning changed A of fc2: true',
    'fine-tuning changed B of fc2: true',
    "fine-tuning changed DoRA's magnitudes of fc2: false",
  ]);
  const merged = { test: { loss: 0.5, accuracy: 0.9 }, testSeconds: 0, maxAbsLogitDifference: 0 };
  const figures = { ...merged, maxAbsLogit: 1, predictionFlips: 0 };
  expect(mergeChecks(both, merged.test, figures, 'float32').slice(0, 4)).toEqual([
    { name: 'merging left W of fc1 as it was, bit for bit', passed: true },
    { name: 'merging left the bias of fc1 as it was, bit for bit', passed: true },
    { name: 'merging changed W of fc2', passed: false },
    { name: 'merging left the bias of fc2 as it was, bit for bit', passed: true },
  ]);
});

test('when merging changed the test loss then that check fails alone', () => {
  const merged = {
    test: { loss: 0.45, accuracy: 0.9 },
    testSeconds: 0,
    maxAbsLogitDifference: 1e-7,
    maxAbsLogit: 3,
    predictionFlips: 0,
  };
  const same = new Map([['fc1', { weight: false, bias: true, up: false, down: false }]] as const);
  const failed = mergeChecks(same, { loss: 0.44, accuracy: 0.9 }, merged, 'float32').filter((check) => !check.passed);
  expect(failed.map(({ name }) => name)).toEqual(['the merged model has the test loss of before the merge']);
});

test('when there is no such device then the error names those that there are', () => {
  const optimizer = 'sgd';
  expect(() => chooseDevice({ device: 'cuda:99', optimizer })).toThrow(
    /^Expected one of the devices cpu.* but received cuda:99/,
  );
  expect(chooseDevice({ device: 'cpu', optimizer })).toBe('cpu');
});

test('when the device is left open then it is the GPU, but the CPU for dual coordinate descent', () => {
  const available = ['cpu', 'cuda:0'];
  const chosen = (['sgd', 'dual-coordinate-descent'] as const).map((optimizer) =>
    chooseDevice({ device: 'auto', optimizer }, available),
  );
  expect(chosen).toEqual(['cuda:0', 'cpu']);
});
