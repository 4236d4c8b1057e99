import { expect, test } from '@jest/globals';
import { crossValidationPlan, firstFolds, heldOutPlan } from '../../../src/training/linear/fold_plan.js';

const labels = Int32Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? 1 : 0));
const groups = Int32Array.from(labels, (_, row) => Math.floor(row / 2));
const options = { classes: 2, folds: 5, repeats: 3, seed: 7 };

test('when reviews are dealt out then each is held out once a repeat, and fitted on otherwise', () => {
  const { folds, repeats, rows, parts } = crossValidationPlan({ labels }, options);
  expect([folds.length, repeats, rows.length, parts.length]).toEqual([15, 3, 120, 120]);
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const own = folds.slice(5 * repeat, 5 * repeat + 5);
    expect(own.flatMap(({ heldOut }) => [...heldOut]).sort((one, other) => one - other)).toEqual([...labels.keys()]);
    for (const { fit, heldOut } of own) {
      expect([...fit, ...heldOut].sort((one, other) => one - other)).toEqual([...labels.keys()]);
      expect(Array.from(heldOut, (row) => labels[row]).filter((label) => label === 1)).toHaveLength(2);
    }
  }
  expect([...rows]).toEqual(folds.flatMap(({ heldOut }) => [...heldOut]));
  expect([...parts]).toEqual(folds.flatMap(({ heldOut }, fold) => Array.from(heldOut, () => fold)));
});

test('when reviews are dealt out again then it is in other ways, that the seed decides', () => {
  const heldOut = (seed: number): number[][] =>
    crossValidationPlan({ labels }, { ...options, seed }).folds.map((fold) => [...fold.heldOut]);
  expect(heldOut(7)).toEqual(heldOut(7));
  expect(heldOut(8).slice(0, 5)).toEqual(heldOut(7).slice(0, 5));
  expect(heldOut(8).slice(5)).not.toEqual(heldOut(7).slice(5));
  expect(heldOut(7).slice(5, 10)).not.toEqual(heldOut(7).slice(0, 5));
});

test('when reviews have groups then none is on both sides of a fold', () => {
  const { folds } = crossValidationPlan({ labels, groups }, options);
  for (const { fit, heldOut } of folds) {
    const held = new Set(Array.from(heldOut, (row) => groups[row]));
    expect(Array.from(fit, (row) => groups[row]).filter((group) => held.has(group))).toEqual([]);
  }
});

test('when there are more folds than reviews then that is refused', () => {
  const few = { labels: labels.slice(0, 3) };
  expect(() => crossValidationPlan(few, options)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
});

test('when reviews are held out behind the others then they are one fold, whose decision is cross-fitted in five parts', () => {
  const { folds, repeats, rows, parts } = heldOutPlan(33, 40);
  expect(repeats).toBe(1);
  expect(folds.map(({ fit, heldOut }) => [fit.length, [...heldOut]])).toEqual([[33, [33, 34, 35, 36, 37, 38, 39]]]);
  expect([...rows]).toEqual([33, 34, 35, 36, 37, 38, 39]);
  expect([...parts]).toEqual([0, 1, 2, 3, 4, 0, 1]);
});

test('when the first folds of a plan are asked for then they are those of the first repeat', () => {
  const plan = crossValidationPlan({ labels }, options);
  const first = firstFolds(plan, 1);
  expect(first).toMatchObject({ folds: plan.folds.slice(0, 1), repeats: 1 });
  expect(new Set(first.parts)).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(firstFolds(plan, 15)).toEqual(plan);
});
