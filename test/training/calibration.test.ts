import { expect, test } from '@jest/globals';
import { fitCalibration, scoreProbabilities, type LabelledLogits } from '../../src/training/calibration.js';

const repeats = 1000;

/** Examples of two classes whose labels come true as often as `1 / (1 + exp(-(scale * s + bias)))` says. */
function examplesOf(scale: number, bias: number): LabelledLogits {
  const logits: number[] = [];
  const labels: number[] = [];
  for (let s = -6; s <= 6; s += 0.5) {
    const positive = Math.round(repeats / (1 + Math.exp(-(scale * s + bias))));
    for (let i = 0; i < repeats; i += 1) {
      // The second minus the first is s, wherever they are.
      logits.push(0.25 - s / 2, 0.25 + s / 2);
      labels.push(Number(i < positive));
    }
  }
  return { logits: Float64Array.from(logits), labels: Int32Array.from(labels), classes: 2 };
}

test('when probabilities are too sure then the temperature that makes them true is found', () => {
  const examples = examplesOf(0.5, 0);
  const calibration = fitCalibration('temperature', examples);
  // Labels are rounded to a thousandth of each probability.
  expect(calibration).toEqual({ kind: 'temperature', temperature: expect.closeTo(2, 2) });
  const [before, after] = [scoreProbabilities(examples, null), scoreProbabilities(examples, calibration)];
  expect(before.calibrationError).toBeGreaterThan(0.05);
  expect(after.calibrationError).toBeLessThan(0.001);
  expect(after.logLoss).toBeLessThan(before.logLoss);
  expect(after.accuracy).toBe(before.accuracy);
});

test('when they lean to a class then the sigmoid that makes them true is found', () => {
  const examples = examplesOf(1.7, -0.6);
  const calibration = fitCalibration('sigmoid', examples);
  expect(calibration).toEqual({
    kind: 'sigmoid',
    scale: expect.closeTo(1.7, 2),
    bias: expect.closeTo(-0.6, 2),
  });
  expect(scoreProbabilities(examples, calibration).calibrationError).toBeLessThan(0.001);
});

test('when there are three classes then a temperature is found for them', () => {
  const logits = Float64Array.from([8, 0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0]);
  const calibration = fitCalibration('temperature', {
    logits,
    labels: Int32Array.of(0, 1, 2, 1),
    classes: 3,
  });
  // Three of four are right, so p = 3/4 where 1/8 goes to each other class: 8 / T = ln 6.
  expect(calibration).toEqual({
    kind: 'temperature',
    temperature: expect.closeTo(8 / Math.log(6), 6),
  });
});

test.each(['temperature', 'sigmoid'] as const)(
  'when logits tell the classes apart without a mistake then a %s stays finite',
  (kind) => {
    const logits = Float64Array.from([2, -2, 1, -1, -1, 1, -3, 3]);
    const examples = { logits, labels: Int32Array.of(0, 0, 1, 1), classes: 2 };
    const calibration = fitCalibration(kind, examples);
    for (const value of Object.values(calibration)) {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
    expect(scoreProbabilities(examples, calibration).logLoss).toBeLessThan(0.01);
  },
);

test('when a probability rounds to 0 then the log loss is what the logits say', () => {
  const examples = { logits: Float64Array.of(800, 0), labels: Int32Array.of(1), classes: 2 };
  expect(scoreProbabilities(examples, null).logLoss).toBe(800);
});

test('when there are more than two classes then a sigmoid is refused', () => {
  const examples = { logits: new Float64Array(6), labels: Int32Array.of(0, 2), classes: 3 };
  expect(() => fitCalibration('sigmoid', examples)).toThrow('Expected two classes for a sigmoid but received 3');
});

test('when logits are worse than none then the temperature has an end, and the predictions stay', () => {
  const logits = Float64Array.from([3, 1, 0, 0, 3, 1, 1, 0, 3, 3, 1, 0]);
  const examples = { logits, labels: Int32Array.of(2, 0, 1, 0), classes: 3 };
  const calibration = fitCalibration('temperature', examples);
  expect(calibration).toEqual({ kind: 'temperature', temperature: 1000 });
  const [before, after] = [scoreProbabilities(examples, null), scoreProbabilities(examples, calibration)];
  expect(before.accuracy).toBe(0.25);
  expect(after.accuracy).toBe(before.accuracy);
});
