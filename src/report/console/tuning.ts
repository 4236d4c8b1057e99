import type { TuningCandidate, TuningJudgement, TuningSearch } from '../../experiments/auto/tuning_plan.js';
import type { MetricName } from '../../training/metric_names.js';
import { formatHeading, type LineStyle } from './line_style.js';
import { ends, figureOf, shownCandidates } from './search.js';
import { formatTable } from './table.js';

/** Says which learning rates and numbers of epochs were tried, which were taken, and why. */
export function describeTuning(search: TuningSearch, style: LineStyle): string[] {
  const { chosen, tried, because, endedBy, metric } = search;
  const rows = tried
    .slice(0, shownCandidates)
    .map((each) => [String(each.candidate.lr), String(each.candidate.loraEpochs), figureOf(each, metric)]);
  const { folds } = chosen;
  const left = tried.length - rows.length;
  return [
    formatHeading(
      folds === 1 ? 'Search by the held-out reviews' : `Search by cross-validation in ${folds} folds`,
      style,
    ),
    formatTable(['learning rate', 'epochs', metric], rows, style),
    ...(left > 0 ? [`And ${left} more.`] : []),
    `Taken: ${describeCandidate(chosen.candidate)}, since ${because}.`,
    ...(endedBy === null ? [] : [ends[endedBy]]),
  ];
}

/** Says how well a way to fine-tune did. */
export function describeTuned(judgement: TuningJudgement, metric: MetricName): string {
  return `${describeCandidate(judgement.candidate)}: ${figureOf(judgement, metric)}`;
}

function describeCandidate({ lr, loraEpochs }: TuningCandidate): string {
  return `learning rate ${lr}, ${loraEpochs === 1 ? '1 epoch' : `${loraEpochs} epochs`}`;
}
