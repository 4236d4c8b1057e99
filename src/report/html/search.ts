import type { TrainDocument } from '../../storage/run_document.js';
import { metricNames, type MetricName } from '../../training/metric_names.js';
import { formatCount, formatMetric, formatValue, metricTitles } from '../format.js';
import type { Field } from './field.js';
import { html, type Content, type Markup } from './markup.js';
import { figure, quote, type RunView } from './run_view.js';
import { details, section, sideBySide, table } from './sections.js';

type Candidate = NonNullable<TrainDocument['chosen']>;
interface Tuning {
  lr: number;
  loraEpochs: number;
}
type Tried = (Candidate | Tuning) & Pick<Candidate, 'folds' | 'value' | 'standardError'>;

/** So many are seen at once; the others are there for who wants them. */
const shownCandidates = 8;

/** Shows what searches tried and took; null where no run has that. */
export function searches(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, ({ fields }) => {
    const tried = fields.at('tried') as Field<readonly Tried[]>;
    if (tried.value === undefined) return null;
    const name = fields.at('crossValidation', 'metric').value ?? fields.at('metric', 'name').value;
    const metric = metricNames.find((each) => each === name) ?? 'accuracy';
    const because = fields.at('because');
    const items = tried.items();
    const rest = items.slice(shownCandidates);
    return html`${candidates(items.slice(0, shownCandidates), metric)}
    ${rest.length === 0 ? null : details('The others', candidates(rest, metric))}
    ${because.value === undefined ? null : html`<p>What was taken, and why: ${quote(because)}.</p>`}`;
  });
  if (body === null) return null;
  const note = 'How good candidates are on reviews that they were not fitted on, best first.';
  return section({ title: 'What was tried', note, body });
}

function candidates(items: readonly Field<Tried>[], metric: MetricName): Content {
  const isLinear = items.some(({ value }) => value !== undefined && 'weighting' in value);
  const format = (value: number): string => formatMetric(metric, value);
  const settings = isLinear ? ['weightings', 'n-grams', 'characters', 'cost', 'left out'] : ['learning rate', 'epochs'];
  const titles = [...settings, 'folds', metricTitles[metric], 'standard error'];
  const rows = items.map((each) => [
    ...(isLinear ? linearCells(each as Field<Candidate>) : tuningCells(each as Field<Tuning>)),
    figure(each.at('folds'), formatCount),
    figure(each.at('value'), format),
    figure(each.at('standardError'), format),
  ]);
  return table('Candidates', titles, rows);
}

function linearCells(candidate: Field<Candidate>): Content[] {
  const weightings = candidate.at('weighting').items();
  return [
    weightings.map((each, index) => [index > 0 ? ' + ' : null, quote(each)]),
    figure(candidate.at('ngrams'), formatCount),
    candidate
      .at('characters')
      .items()
      .map((each, index) => [index > 0 ? '–' : null, figure(each, formatCount)]),
    figure(candidate.at('cost'), formatValue),
    figure(candidate.at('cleanUp'), (share) => `${Math.round(100 * share)} %`),
  ];
}

function tuningCells(candidate: Field<Tuning>): Content[] {
  return [figure(candidate.at('lr'), formatValue), figure(candidate.at('loraEpochs'), formatCount)];
}
