import type { MeasuredMetric } from '../../training/decisions/measured_metric.js';
import type { MetricName } from '../../training/metric_names.js';
import { epochsToFineTune } from '../epochs_by_steps.js';
import { notebook, type ExperimentOptions } from '../options.js';
import { loraPresets } from '../presets.js';

/** How long and how fast is fine-tuned, one of the ways that a search tries. */
export interface TuningCandidate {
  readonly lr: number;
  readonly loraEpochs: number;
}

/** How well a candidate does on reviews that it was not fine-tuned on. */
export interface TuningJudgement {
  readonly candidate: TuningCandidate;
  /** The number of folds that were held out; 1: the reviews that are held out for validation. */
  readonly folds: number;
  readonly measured: MeasuredMetric;
}

export interface TuningSearch {
  readonly chosen: TuningJudgement;
  /** All that were judged, best first. */
  readonly tried: readonly TuningJudgement[];
  readonly because: string;
  /** Why the search ended before its plan did; null where it did not. */
  readonly endedBy: 'budget' | 'interrupt' | null;
  readonly metric: MetricName;
}

export interface TuningEvents {
  /** Is told how many of the models that may come are fine-tuned. */
  onFitting?(done: number, total: number): void;
  /** A candidate has been judged; `best` is the best one so far. */
  onTuned?(judgement: TuningJudgement, best: TuningJudgement, metric: MetricName): void | Promise<void>;
  /** The search is over, and the fine-tuning begins whose model is kept. */
  onChosen?(search: TuningSearch): void;
}

/** What the usual learning rate is multiplied by, and the numbers of epochs. */
const grids = {
  auto: { factors: [0.4, 1, 2, 4], epochs: [1, 2, 4] },
  wide: { factors: [0.1, 0.2, 0.4, 1, 2, 4, 8], epochs: [1, 2, 4, 8] },
} as const;
/** So many times the usual learning rate at most. */
const largestFactor = 16;
/** Few reviews are few steps an epoch: so many reviews may be gone through, but at least so many epochs, and at most. */
const mostReviews = 64_000;
const [leastLongest, mostLongest] = [4, 64];

/** The ways to fine-tune that a search tries. */
export interface TuningPlan {
  /** The usual one, of preset `stable`, first, then the short ones. */
  readonly candidates: readonly TuningCandidate[];
  /** What else to look at near the best one so far, until that has no better neighbour. */
  readonly neighbours: (best: TuningCandidate) => TuningCandidate[];
}

type TuningOptions = Pick<ExperimentOptions, 'search' | 'fixed' | 'optimizer' | 'lr' | 'loraEpochs' | 'batch'>;

/**
 * Plans what to try.
 * @param reviews number of those to fine-tune on
 * @param countsSteps whether epochs are as many as take the steps of theirs on the reviews of IMDb
 */
export function planTuning(
  { search, fixed = [], ...options }: TuningOptions,
  reviews: number,
  countsSteps = false,
): TuningPlan {
  const { stable } = loraPresets;
  const { loraEpochs: few } = stable;
  const usualLength = countsSteps ? epochsToFineTune(reviews, options.batch, few) : few;
  const own = (key: 'lr' | 'loraEpochs'): boolean => fixed.includes(key) || search === 'none';
  // Steps of SGD are as long as the gradient, those of the others as the learning rate.
  const usualRate = options.optimizer === 'sgd' ? notebook.lr : stable.lr;
  const usual = {
    lr: own('lr') ? options.lr : usualRate,
    loraEpochs: own('loraEpochs') ? options.loraEpochs : usualLength,
  };
  if (search === 'none') return { candidates: [usual], neighbours: () => [] };
  const { factors, epochs } = grids[search];
  const rates = own('lr') ? [usual.lr] : factors.map((factor) => round(factor * usualRate));
  const lengths = own('loraEpochs') ? [usual.loraEpochs] : lengthsAround(usualLength, epochs);
  const all = lengths.flatMap((loraEpochs) => rates.map((lr) => ({ lr, loraEpochs })));
  const longest = Math.max(Math.min(Math.max(mostReviews / reviews, leastLongest), mostLongest), ...lengths);
  return {
    candidates: [usual, ...all.filter((candidate) => keyOf(candidate) !== keyOf(usual))],
    neighbours: (best) => [
      ...(own('lr') ? [] : [0.5, 2].map((factor) => ({ ...best, lr: round(factor * best.lr) }))).filter(
        ({ lr }) => lr <= largestFactor * usualRate,
      ),
      ...(own('loraEpochs') ? [] : [{ ...best, loraEpochs: 2 * best.loraEpochs }]).filter(
        ({ loraEpochs }) => loraEpochs <= longest,
      ),
    ],
  };
}

/** Many epochs of few reviews are looked at from a quarter of them, the others as they are. */
function lengthsAround(usual: number, epochs: readonly number[]): number[] {
  if (usual <= loraPresets.stable.loraEpochs) return [...epochs];
  return [...new Set(epochs.map((length) => Math.max(1, Math.round((length * usual) / 4))))];
}

function round(lr: number): number {
  return Number(lr.toPrecision(2));
}

/** Names a candidate: two of one name are the same. */
export function keyOf({ lr, loraEpochs }: TuningCandidate): string {
  return `${lr} ${loraEpochs}`;
}
