import { expect, test } from '@jest/globals';
import { classWeightsOf } from '../../src/training/class_weights.js';

const labels = Int32Array.of(0, 0, 0, 0, 0, 2, 2, 3);
const classes = ['bad', 'absent', 'good', 'fine'];

test('when classes are balanced then the weights are those of scikit-learn, and 1 for a class without reviews', () => {
  // compute_class_weight("balanced", classes=[0, 2, 3], y=labels)
  const expected = [8 / (3 * 5), 1, 8 / (3 * 2), 8 / 3];
  expect(Array.from(classWeightsOf('balanced', labels, classes) ?? [])).toEqual(expected);
});

test('when classes are named then the others have the weight 1', () => {
  expect(classWeightsOf({ fine: 5, bad: 0.5 }, labels, classes)).toEqual(Float64Array.of(0.5, 1, 1, 5));
  expect(classWeightsOf('none', labels, classes)).toBeUndefined();
});

test('when a name is that of no class then the classes are named', () => {
  expect(() => classWeightsOf({ toString: 1 }, labels, classes)).toThrow(
    expect.objectContaining({
      code: 'ERR_USAGE',
      message:
        'Expected names of classes in the option classWeight but received "toString"; the classes are bad, absent, good, fine.',
    }),
  );
});

test.each([0, -1, NaN, Infinity])('when a weight is %d then it is refused', (weight) => {
  expect(() => classWeightsOf({ good: weight }, labels, classes)).toThrow(
    expect.objectContaining({
      code: 'ERR_USAGE',
      message: `Expected a finite number above 0 for "good" in the option classWeight but received ${weight}.`,
    }),
  );
});
