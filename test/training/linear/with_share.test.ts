import { expect, test } from '@jest/globals';
import { crossValidationPlan, withShare } from '../../../src/training/linear/fold_plan.js';

const classes = 3;
// Of the last class there are five.
const labels = Int32Array.from({ length: 405 }, (_, row) => (row % 81 === 80 ? 2 : row % 2));

test('when folds have a share of the reviews to fit on then it is that of each class, and what is held out stays', () => {
  const whole = crossValidationPlan({ labels }, { classes, folds: 5, repeats: 2, seed: 1 });
  const part = withShare(whole, { labels, classes }, 1 / 8);
  expect({ ...part, folds: null }).toEqual({ ...whole, folds: null });
  part.folds.forEach(({ fit, heldOut }, fold) => {
    const all = whole.folds[fold];
    expect(heldOut).toEqual(all?.heldOut);
    const counts = [0, 1, 2].map((label) => fit.filter((row) => labels[row] === label).length);
    expect(counts).toEqual([20, 20, 1]);
    expect(fit).toEqual(all?.fit.filter((row) => fit.includes(row)));
  });
  // Folds have others, so that it does not matter which reviews come first.
  const seen = new Set(part.folds.slice(0, 5).flatMap(({ fit }) => Array.from(fit)));
  expect(seen.size).toBeGreaterThan(150);
});

test('when the share is a half then it has the reviews of a quarter', () => {
  const whole = crossValidationPlan({ labels }, { classes, folds: 5, repeats: 1, seed: 1 });
  const [quarter, half] = [1 / 4, 1 / 2].map((share) => withShare(whole, { labels, classes }, share).folds);
  quarter?.forEach(({ fit }, fold) => {
    const more = half?.[fold]?.fit ?? new Int32Array(0);
    expect(fit.every((row) => more.includes(row))).toBe(true);
  });
});
