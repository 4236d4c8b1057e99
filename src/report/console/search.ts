import { describeCandidate } from '../../experiments/auto/candidate.js';
import type { Judgement } from '../../experiments/auto/judge.js';
import type { LinearOutcome } from '../../experiments/full_training_result.js';
import type { Weighting } from '../../text/weighting/weightings.js';
import type { MetricName } from '../../training/metric_names.js';
import { formatMetric } from '../format.js';
import { type LineStyle, formatHeading } from './line_style.js';
import { formatTable } from './table.js';

/** So many candidates are named; run.json has all. */
export const shownCandidates = 8;

/** Why a search ended before its plan did. */
export const ends = {
  budget: 'The time that it was given is over; another machine may come further and choose otherwise.',
  interrupt: 'It was interrupted; this is the best so far.',
};

/** Says what was tried, what was taken and why, and how good that is on reviews that it was not fitted on. */
export function describeLinear({ training }: LinearOutcome, style: LineStyle): string[] {
  const { search, judgement, options } = training;
  const { metric } = options;
  if (search === null) return [`Out of fold: ${figureOf(judgement, metric)}.`];
  const shown = search.tried.slice(0, shownCandidates);
  const rows = shown.map((tried) => rowOf(tried, metric));
  const left = search.tried.length - shown.length;
  return [
    formatHeading('Search by cross-validation', style),
    formatTable(['weighting', 'n-grams', 'chars', 'cost', 'folds', metric], rows, style),
    ...(left > 0 ? [`And ${left} more.`] : []),
    `Taken: ${describeCandidate(search.chosen.candidate)}, since ${search.because}.`,
    ...(search.endedBy === null ? [] : [ends[search.endedBy]]),
  ];
}

/** Short enough for four of them in a table of 80 columns. */
const shortNames: Readonly<Record<Weighting, string>> = {
  none: 'none',
  idf: 'idf',
  'naive-bayes': 'nb',
  'naive-bayes-idf': 'nb-idf',
  'shrunk-naive-bayes': 'shrunk',
};

function rowOf(judgement: Judgement, metric: MetricName): string[] {
  const { candidate, folds } = judgement;
  const { ngrams, characters, weighting, cost, cleanUp } = candidate;
  const names = weighting.map((each) => shortNames[each]).join('+');
  return [
    cleanUp > 0 ? `${names}, cleaned` : names,
    ngrams === 1 ? '1' : `1-${ngrams}`,
    characters === null ? '-' : characters.join('-'),
    String(cost),
    String(folds),
    figureOf(judgement, metric),
  ];
}

/** Says how well a candidate did. */
export function describeJudgement(judgement: Judgement, metric: MetricName): string {
  return `${describeCandidate(judgement.candidate)}: ${figureOf(judgement, metric)}`;
}

/** Says how well a candidate did, with the standard error of that. */
export function figureOf(
  { measured: { value, standardError } }: Pick<Judgement, 'measured'>,
  metric: MetricName,
): string {
  return `${formatMetric(metric, value)} ± ${formatMetric(metric, standardError)}`;
}
