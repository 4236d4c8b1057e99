import { expect, test } from '@jest/globals';
import { fitOnHeldOut, withTest } from '../../src/experiments/calibration_result.js';
import type { LabelledLogits } from '../../src/training/calibration.js';

/** Logits of twenty examples of two classes, of which the first `right` are said rightly, and the others wrongly. */
function heldOut(margin: number, right: number): LabelledLogits {
  const labels = Int32Array.from({ length: 20 }, (_, row) => row % 2);
  const logits = Float64Array.from({ length: 40 }, (_, k) => {
    const row = Math.floor(k / 2);
    const said = row < right ? row % 2 : 1 - (row % 2);
    return k % 2 === said ? margin : 0;
  });
  return { logits, labels, classes: 2 };
}

test.each(['temperature', 'sigmoid'] as const)(
  'when a %s makes sense then it is used, and else it is refused, and nothing is scored',
  (calibration) => {
    const usual = fitOnHeldOut({ calibration }, () => heldOut(1, 16));
    expect({ kind: usual.fitted?.calibration.kind, refused: usual.refused }).toEqual({
      kind: calibration,
      refused: null,
    });
    // Logits that are nearly the same, and those that say the contrary.
    for (const strangeLogits of [heldOut(1e-4, 16), heldOut(1, 2)]) {
      const strange = fitOnHeldOut({ calibration }, () => strangeLogits);
      expect(strange).toMatchObject({ fitted: null, refused: { kind: calibration } });
      expect(withTest(strange, () => heldOut(1, 16))).toBeNull();
    }
  },
);

test('when no calibration is asked for then none is fitted', () => {
  const read = (): never => {
    throw new Error('Nothing is to be read.');
  };
  expect(fitOnHeldOut({ calibration: 'none' }, read)).toEqual({ fitted: null, refused: null });
});
