import { formatCount } from '../format.js';
import type { SecondTaskFacts, SecondTaskRow } from './second_task.js';
import { summarize } from './seeds.js';

/** How one method did against another on the test reviews. */
export interface Comparison {
  /** Of the mean accuracies. */
  difference: number;
  /** What the difference has to exceed to be more than noise. */
  noise: number;
  verdict: 'better' | 'worse' | 'even';
}

/**
 * Compares mean accuracies. The noise is two standard errors of their difference, from the spread over the seeds and
 * from the draw of the test reviews, as if each method had its own: that they share them makes this cautious.
 */
export function compareAccuracies(
  one: readonly number[],
  other: readonly number[],
  tested: number,
): Comparison {
  const variance = (accuracies: readonly number[]): number => {
    const { mean, standardDeviation } = summarize(accuracies);
    const ofSeeds = accuracies.length > 1 ? standardDeviation ** 2 / accuracies.length : 0;
    return ofSeeds + (mean * (1 - mean)) / tested;
  };
  const difference = summarize(one).mean - summarize(other).mean;
  const noise = 2 * Math.sqrt(variance(one) + variance(other));
  const verdict = Math.abs(difference) <= noise ? 'even' : difference > 0 ? 'better' : 'worse';
  return { difference, noise, verdict };
}

/**
 * What the table shows and what it does not, in words. Of the LoRA branches the one that was best on validation stands
 * for all.
 */
export function describeConclusion(rows: readonly SecondTaskRow[], facts: SecondTaskFacts): string {
  const branches = rows.filter(({ rank }) => rank !== null);
  const lora = bestOnValidation(branches);
  const of = (start: 'base' | 'new', trainsHidden: boolean): SecondTaskRow =>
    bestOnValidation(
      rows.filter((row) => row.rank === null && row.start === start && row.trainsHidden === trainsHidden),
    );
  const full = of('base', true);
  const scratch = of('new', true);
  const output = of('base', false);
  const against = (other: SecondTaskRow, what: string): string =>
    formatComparison(compareAccuracies(lora.test, other.test, facts.tested), what);
  const share = (of: 'trainable' | 'bytes' | 'seconds', other: SecondTaskRow): string =>
    formatPart(lora[of] / other[of]);
  return [
    describeLearning(lora, facts),
    `It is ${against(full, 'full fine-tuning')}, with ${share('trainable', full)} of the parameters, ${share('bytes', full)} of the bytes on disk`,
    `and ${share('seconds', full)} of the training time; ${against(scratch, 'training from scratch')}, in ${share('seconds', scratch)} of the time;`,
    `and ${against(output, 'training the output layer alone')}.`,
    describeRanks(branches, facts),
    ...describeGridEnds([lora, full, scratch, output]),
    describeLimits(facts),
  ].join(' ');
}

/** The first of equal ones; there has to be one. */
function bestOnValidation(rows: readonly SecondTaskRow[]): SecondTaskRow {
  const meanOf = ({ valid }: SecondTaskRow): number => summarize(valid).mean;
  return rows.reduce((best, row) => (meanOf(row) > meanOf(best) ? row : best));
}

function describeLearning({ method, test }: SecondTaskRow, facts: SecondTaskFacts): string {
  const { labelled, tested, majority } = facts;
  const { verdict } = compareAccuracies(test, [majority.share], tested);
  const outcome =
    verdict === 'better'
      ? 'learns the second task and leaves the base as it was'
      : `learns no more than always to say "${majority.name}"`;
  return `From ${formatCount(labelled)} reviews ${method} ${outcome}.`;
}

const verdicts: Readonly<Record<Comparison['verdict'], string>> = {
  better: 'better than',
  worse: 'worse than',
  even: 'not distinguishable from',
};

/** better than full fine-tuning (+0.97 points) */
function formatComparison({ difference, verdict }: Comparison, what: string): string {
  return `${verdicts[verdict]} ${what} (${formatPoints(difference)})`;
}

function describeRanks(branches: readonly SecondTaskRow[], { tested }: SecondTaskFacts): string {
  const differ = branches.some((one) =>
    branches.some((other) => compareAccuracies(one.test, other.test, tested).verdict !== 'even'),
  );
  return differ ? 'The ranks differ by more than noise.' : 'The ranks do not differ by more than noise.';
}

/** A method whose best settings are at an end of the grid may have better ones beyond. */
function describeGridEnds(rows: readonly SecondTaskRow[]): string[] {
  const names = rows.filter(({ atGridEnd }) => atGridEnd).map(({ method }) => method);
  return names.length === 0 ? [] : [`Beyond the grid there may be better settings for: ${names.join('; ')}.`];
}

function describeLimits({ seeds }: SecondTaskFacts): string {
  const spread =
    seeds.length > 1 ? 'the seeds vary what the methods draw, nothing of that' : 'and one seed has no spread';
  return `Of other tasks, bases, and numbers and draws of labelled reviews it shows nothing: there was one of each (${spread}).`;
}

/** Two digits: 0.00515 -> 0.51 %, 0.178 -> 18 %, 2.41 -> 240 % */
function formatPart(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** 0.0097 -> +0.97 points */
function formatPoints(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${Math.abs(100 * difference).toFixed(2)} points`;
}
