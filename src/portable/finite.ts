import { ImdbTorchError } from '../errors.js';
import { areFinite } from '../storage/numbers/floats.js';

/** Finite weights can be so large that what they give is not. @throws ERR_NON_FINITE */
export function finite(what: string, numbers: Float64Array): Float64Array {
  if (areFinite(numbers)) return numbers;
  throw new ImdbTorchError(
    'ERR_NON_FINITE',
    `Expected finite ${what} but the model gave a NaN or an infinity: its weights, its adapter or its calibration are ` +
      'broken; train it again.',
  );
}
