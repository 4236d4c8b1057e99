import type { MetricsLine } from '../../storage/run_document.js';
import { lineChart, type Point, type Series } from './charts/charts.js';
import { metricNames, type MetricName } from '../../training/metric_names.js';
import { formatCount, formatLoss, formatMetric, formatSeconds, formatShare, metricTitles } from '../format.js';
import type { Field } from './field.js';
import { html, type Content, type Markup } from './markup.js';
import { lossOf, phasesOf, type PhaseKind, type PhaseView } from './phase_view.js';
import { figure, nameOf, finiteNumber, type Format, type RunView } from './run_view.js';
import { details, section, table } from './sections.js';

/** Points of all lines of a picture, and rows of the table: of more epochs only every second, third, ... is shown. */
const mostPoints = 1500;
const mostRows = 60;

type Metric = 'loss' | MetricName;

/** An epoch of `metrics.jsonl`. */
interface EpochLine {
  phase: PhaseView;
  fields: Field<MetricsLine>;
  epoch: number;
  /** Epochs of the run before this one, and this one. */
  place: number;
}

/** Loss and accuracy of every epoch, all phases in one picture. */
export function curves(runs: readonly RunView[]): Markup | null {
  const phases = phasesOf(runs);
  // What was fitted at once has a single line, and no curve.
  const lines = phases.map(linesOf).flatMap((each) => (each.length > 1 ? each : []));
  if (lines.length === 0) return null;
  return section({
    title: 'Epoch by epoch',
    note: note(runs, phases),
    body: html`${legend(phases)}
      <div class="pair">
        ${picture('Loss', 'loss', formatLoss, phases, lines)}
        ${picture('Accuracy', 'accuracy', formatShare, phases, lines)}
        ${metricNames
          .filter(
            (name) => name !== 'accuracy' && lines.some(({ fields }) => fields.at('valid', name).value !== undefined),
          )
          .map((name) => {
            const title = metricTitles[name];
            const format = (value: number): string => formatMetric(name, value);
            return picture(`${title.charAt(0).toUpperCase()}${title.slice(1)}`, name, format, phases, lines);
          })}
      </div>
      ${details('Every epoch in numbers', epochTable(lines))}`,
  });
}

function note(runs: readonly RunView[], phases: readonly PhaseView[]): Content {
  const isAlone = runs.length === 1;
  const losses = new Set(phases.map(lossOf));
  return [
    'Solid lines are the validation reviews, which the model does not train on; dashed ones the training reviews.',
    losses.size > 1
      ? ' Not all losses are of the same kind: some are of logits, some of softmaxed probabilities. Only losses of one kind can be compared.'
      : null,
    ...runs.map((run) => {
      const subject = isAlone ? 'The model' : html`The model of ${nameOf(run)}`;
      const best = figure(run.fields.at('bestEpoch'), formatCount);
      return [
        best === null ? null : html` ${subject} is that of epoch ${best}.`,
        run.fields.at('folds').value === undefined
          ? null
          : html` ${subject} was trained on several folds; the first is drawn.`,
        run.fields.at('refit').value === undefined
          ? null
          : html` ${subject} was then trained anew on all training reviews, with those of validation.`,
      ];
    }),
  ];
}

function linesOf(phase: PhaseView): EpochLine[] {
  const { run, kind } = phase;
  const offset = kind === 'lora' ? pretrainedEpochs(run) : 0;
  return linesIn(run).flatMap((fields) => {
    const { phase: name, epoch } = fields.value ?? {};
    if (name !== kind || epoch === undefined) return [];
    return [{ phase, fields, epoch, place: offset + epoch }];
  });
}

/**
 * The epochs that are drawn as one line. LoRA begins where pretraining ends, unless its loss is another one; what was
 * before any training is left out, as it would press the rest together.
 */
function drawnLines(drawn: PhaseView, metric: Metric, lines: readonly EpochLine[]): EpochLine[] {
  const own = (wanted: PhaseKind): EpochLine[] =>
    lines.filter(({ phase, epoch }) => phase.run === drawn.run && phase.kind === wanted && epoch > 0);
  if (drawn.kind !== 'lora') return own(drawn.kind);
  const [before] = own('pretrain').slice(-1);
  const continues = before !== undefined && (metric === 'accuracy' || lossOf(before.phase) === lossOf(drawn));
  return [...(continues ? [before] : []), ...own('lora')];
}

function pretrainedEpochs(run: RunView): number {
  const epochs = linesIn(run).map(({ value }) => (value?.phase === 'pretrain' ? value.epoch : 0) ?? 0);
  return Math.max(0, ...epochs);
}

function linesIn({ fields }: RunView): Field<MetricsLine>[] {
  return fields.at('metrics').items();
}

function picture(
  title: string,
  metric: Metric,
  format: Format,
  phases: readonly PhaseView[],
  lines: readonly EpochLine[],
): Markup {
  const series = phases.flatMap((phase) =>
    (['train', 'valid'] as const).map((split): Series => ({
      colour: phase.colour,
      minor: split === 'train',
      points: thin(pointsOf(drawnLines(phase, metric, lines), split, metric, format), mostPoints / (2 * phases.length)),
    })),
  );
  const label = `${title} after every epoch on the training and the validation reviews; the numbers are in the table below.`;
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${lineChart({
      label,
      series: series.filter(({ points }) => points.length > 0),
      form: metric === 'accuracy' || metric === 'macro-f1' ? 'percent' : 'plain',
    })}
    <p class="axis">epochs</p>
  </figure>`;
}

function pointsOf(epochs: readonly EpochLine[], split: 'train' | 'valid', metric: Metric, format: Format): Point[] {
  return epochs.flatMap(({ phase, fields, epoch, place }) => {
    const value = finiteNumber(valueOf(fields, split, metric));
    const of = split === 'train' ? 'training' : 'validation';
    if (value === null) return [];
    return [{ x: place, y: value, title: `${phase.name}, ${of}, epoch ${epoch}: ${format(value)}` }];
  });
}

/** Returns a figure of the validation reviews; those of training have loss and accuracy only. */
function valueOf(fields: Field<MetricsLine>, split: 'train' | 'valid', metric: Metric): Field<number> {
  return (fields.at(split) as Field<Partial<Record<Metric, number>>>).at(metric);
}

/** Takes about `most` elements at even distances, and the last one. */
function thin<T>(elements: readonly T[], most: number): T[] {
  const step = Math.ceil(elements.length / most);
  return elements.filter((element, index) => index % step === 0 || element === elements.at(-1));
}

function legend(phases: readonly PhaseView[]): Markup {
  return html`<ul class="legend">
    ${phases.map(({ title, colour }) => html`<li class="colour-${colour}">${title}</li>`)}
  </ul>`;
}

function epochTable(lines: readonly EpochLine[]): Markup {
  const rows = thin(lines, mostRows).map(({ phase, fields, epoch }): Content[] => {
    return [
      html`${phase.title} ${figure(fields.at('epoch'), String)}`,
      figure(fields.at('train', 'loss'), formatLoss),
      figure(fields.at('valid', 'loss'), formatLoss),
      figure(fields.at('train', 'accuracy'), formatShare),
      figure(fields.at('valid', 'accuracy'), formatShare),
      epoch === 0 ? 'before' : figure(fields.at('seconds'), formatSeconds),
    ];
  });
  const titles = ['epoch', 'training loss', 'validation loss', 'training accuracy', 'validation accuracy', 'time'];
  return table('Loss and accuracy after every epoch', titles, rows);
}
