import { ImdbTorchError } from '../../errors.js';
import type { FeatureOptions } from '../../text/features.js';
import { dualCoordinateDescent } from '../../training/optimizer_options.js';
import type { ExperimentOptions } from '../options.js';

/**
 * Checks what a model that dual coordinate descent fits cannot be without.
 * @throws ImdbTorchError ERR_USAGE that names everything else, a sentence each
 */
export function assertLinear(
  { hidden, dtype }: Pick<ExperimentOptions, 'hidden' | 'dtype'>,
  { gain, weighting, characterWeight = 1 }: FeatureOptions,
): void {
  const needed = [
    ['the option hidden', 0, hidden, 'which fits linear models'],
    ['the option dtype', 'float32', dtype, 'which has no other'],
    ['features.gain', 1, gain, 'where the option cost does the same'],
    ['features.weighting', 'none', weighting, 'which weighs features itself: name weightings by the option weighting'],
    ['features.characterWeight', 1, characterWeight, 'which takes the option characterWeight'],
  ] as const;
  const problems = needed
    .filter(([, expected, received]) => received !== expected)
    .map(
      ([name, expected, received, reason]) =>
        `Expected ${name} to be ${expected} with the optimizer ${dualCoordinateDescent}, ${reason}, but received ${received}.`,
    );
  if (problems.length > 0) throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}
