import type { PairedDifference } from '../../training/decisions/measured_metric.js';

/** Whether the best candidate is taken rather than the usual one, and why. */
interface Choice {
  readonly takesBest: boolean;
  readonly because: string;
}

/**
 * Chooses between the usual candidate and the best one, which is taken if it is better by more than the standard error of
 * their difference: of many candidates the best one is partly so by chance.
 * @param gain by how much the best one is better; null where it is the usual one
 */
export function chooseByGain(gain: PairedDifference | null): Choice {
  if (gain === null) return { takesBest: false, because: 'no other candidate is better than the usual one' };
  const takesBest = gain.difference > gain.standardError;
  const because = takesBest
    ? 'it is better than the usual one by more than the standard error of their difference'
    : 'the best one is better than the usual one by less than the standard error of their difference';
  return { takesBest, because };
}
