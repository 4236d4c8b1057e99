import { lineChart, type Point, type Series } from '../charts/charts.js';
import { formatLoss, formatSeconds, formatShare } from '../format.js';
import { html, type Content, type Markup } from '../markup.js';
import { phasesOf, type PhaseKind, type PhaseView } from './phase_view.js';
import { figure, numberAt, pathsIn, textAt, type Format, type RunView } from './run_view.js';
import { details, section, table } from './sections.js';

/** Points of all lines of a picture, and rows of the table: of more epochs only every second, third, ... is shown. */
const mostPoints = 1500;
const mostRows = 60;

/** An epoch of `metrics.jsonl`. */
interface EpochLine {
  phase: PhaseView;
  path: string;
  epoch: number;
  /** Epochs of the run before this one, and this one. */
  place: number;
}

/** Loss and accuracy of every epoch, all phases in one picture. */
export function curves(runs: readonly RunView[]): Markup | null {
  const phases = phasesOf(runs);
  const lines = phases.flatMap(linesOf);
  if (lines.length === 0) return null;
  return section({
    title: 'Epoch by epoch',
    note: 'Solid lines are the validation reviews, which the model never trains on; dashed ones the training reviews.',
    body: html`${legend(phases)}
      <div class="pair">
        ${picture('Loss', 'loss', formatLoss, phases, lines)}
        ${picture('Accuracy', 'accuracy', formatShare, phases, lines)}
      </div>
      ${details('Every epoch in numbers', epochTable(lines))}`,
  });
}

function linesOf(phase: PhaseView): EpochLine[] {
  const { run, kind } = phase;
  const offset = kind === 'lora' ? pretrainedEpochs(run) : 0;
  return pathsIn(run, 'metrics').flatMap((path) => {
    const epoch = numberAt(run, `${path}.epoch`);
    if (textAt(run, `${path}.phase`) !== kind || epoch === null) return [];
    return [{ phase, path, epoch, place: offset + epoch }];
  });
}

/**
 * The epochs that are drawn as one line. LoRA begins where pretraining ends; what was before any training is left out,
 * as it would press the rest together.
 */
function drawnLines({ run, kind }: PhaseView, lines: readonly EpochLine[]): EpochLine[] {
  const own = (wanted: PhaseKind): EpochLine[] =>
    lines.filter(({ phase, epoch }) => phase.run === run && phase.kind === wanted && epoch > 0);
  return kind === 'lora' ? [...own('pretrain').slice(-1), ...own('lora')] : own(kind);
}

function pretrainedEpochs(run: RunView): number {
  const epochs = pathsIn(run, 'metrics')
    .filter((path) => textAt(run, `${path}.phase`) === 'pretrain')
    .map((path) => numberAt(run, `${path}.epoch`) ?? 0);
  return Math.max(0, ...epochs);
}

function picture(
  title: string,
  metric: 'loss' | 'accuracy',
  format: Format,
  phases: readonly PhaseView[],
  lines: readonly EpochLine[],
): Markup {
  const series = phases.flatMap((phase) =>
    (['train', 'valid'] as const).map((split): Series => ({
      colour: phase.colour,
      minor: split === 'train',
      points: thin(
        pointsOf(drawnLines(phase, lines), split, metric, format),
        mostPoints / (2 * phases.length),
      ),
    })),
  );
  const label = `${title} after every epoch on the training and the validation reviews; the numbers are in the table below.`;
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${lineChart({
      label,
      series: series.filter(({ points }) => points.length > 0),
      form: metric === 'accuracy' ? 'percent' : 'plain',
    })}
    <p class="axis">epochs</p>
  </figure>`;
}

function pointsOf(
  epochs: readonly EpochLine[],
  split: 'train' | 'valid',
  metric: string,
  format: Format,
): Point[] {
  return epochs.flatMap(({ phase, path, epoch, place }) => {
    const value = numberAt(phase.run, `${path}.${split}.${metric}`);
    const of = split === 'train' ? 'training' : 'validation';
    if (value === null) return [];
    return [{ x: place, y: value, title: `${phase.name}, ${of}, epoch ${epoch}: ${format(value)}` }];
  });
}

/** At most about so many elements, evenly taken, with the last one. */
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
  const rows = thin(lines, mostRows).map(({ phase, path, epoch }): Content[] => {
    const cell = (name: string, format: Format): Content => figure(phase.run, `${path}.${name}`, format);
    return [
      html`${phase.title} ${figure(phase.run, `${path}.epoch`, String)}`,
      cell('train.loss', formatLoss),
      cell('valid.loss', formatLoss),
      cell('train.accuracy', formatShare),
      cell('valid.accuracy', formatShare),
      epoch === 0 ? 'before' : cell('seconds', formatSeconds),
    ];
  });
  const titles = [
    'epoch',
    'training loss',
    'validation loss',
    'training accuracy',
    'validation accuracy',
    'time',
  ];
  return table('Loss and accuracy after every epoch', titles, rows);
}
