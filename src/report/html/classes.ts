import type { RunDocument } from '../../storage/run_document.js';
import type { ReliabilityBin } from '../../training/numbers/classification_report.js';
import { weakestOf } from '../../training/numbers/weak_spots.js';
import { formatCount, formatLoss, formatShare, mostTabledClasses } from '../format.js';
import { columnChart, matrix } from './charts/charts.js';
import type { Field } from './field.js';
import { html, type Content, type Markup } from './markup.js';
import { figure, quote, shareFigure, shareOf, type RunView } from './run_view.js';
import { details, section, sideBySide, table } from './sections.js';

type Evaluation = NonNullable<RunDocument['evaluation']>;

/** A larger matrix could not be read. */
const largestMatrix = 12;

const decided = html`<p class="aside">
  Classes are decided by thresholds fitted for macro-F1, which need not be the most probable ones.
</p>`;

/** Draws the confusion matrix, and how well each class is found. */
export function classFigures(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, ({ fields }) => {
    const evaluation = fields.at('evaluation');
    const classes = evaluation.at('classes').items();
    if (classes.length === 0) return null;
    return html`<div class="stack">
      ${fields.at('decision').value === undefined ? null : decided}${classes.length > largestMatrix ? confusedPairs(evaluation) : confusion(evaluation)}${scores(evaluation)}
    </div>`;
  });
  if (body === null) return null;
  return section({
    title: 'Right and wrong',
    note: 'The test reviews by their labels and by what the model says they are. The small numbers are shares of the row.',
    body,
  });
}

function confusion(evaluation: Field<Evaluation>): Markup {
  const classes = evaluation.at('classes').items();
  const cells = classes.map((label, row) =>
    classes.map((_, column) => {
      const count = evaluation.at('confusion', row, column);
      const support = label.at('support');
      return {
        content: html`${figure(count, formatCount)}<small>${shareFigure(count, support, formatShare)}</small>`,
        strength: shareOf(count, support) ?? 0,
      };
    }),
  );
  return matrix({
    caption: 'Confusion matrix',
    titles: { columns: 'predicted', rows: 'labelled' },
    names: classes.map((each) => quote(each.at('name'))),
    cells,
  });
}

/** Draws the pairs that are confused most, where there are too many classes for a matrix. */
function confusedPairs(evaluation: Field<Evaluation>): Markup | null {
  const pairs = evaluation.at('mostConfused').items();
  if (pairs.length === 0) return null;
  const rows = pairs.map((pair) => [
    html`${quote(pair.at('label'))} as ${quote(pair.at('predicted'))}`,
    figure(pair.at('count'), formatCount),
  ]);
  return table('The classes that are confused most', ['labelled as predicted', 'reviews'], rows);
}

function scores(evaluation: Field<Evaluation>): Markup {
  const row = (name: Content, own: Field<Evaluation['macro'] & { support?: number }>): Content[] => [
    name,
    figure(own.at('precision'), formatShare),
    figure(own.at('recall'), formatShare),
    figure(own.at('f1'), formatShare),
    figure(own.at('support'), formatCount),
  ];
  const classes = evaluation.at('classes').items();
  const isLarge = classes.length > mostTabledClasses;
  const shown = isLarge ? weakestOf(classes, ({ value }) => value, mostTabledClasses) : classes;
  const rows = shown.map((each) => row(quote(each.at('name')), each));
  const area = figure(evaluation.at('rocAuc'), formatLoss);
  return html`${table(
    isLarge ? 'Scores of the weakest classes; run.json has those of all' : 'Scores of each class',
    ['class', 'precision', 'recall', 'F1', 'reviews'],
    [...rows, row('mean', evaluation.at('macro'))],
  )}${area === null ? null : html`<p class="aside">Area under the ROC curve: ${area}</p>`}`;
}

/** Draws how often the model is right, by how sure it is. */
export function reliability(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const bins = run.fields.at('evaluation', 'calibration', 'reliability').items();
    const first = bins.findIndex(isFilled);
    if (first === -1) return null;
    return html`${reliabilityPictures(run, bins, first, colour)}${binTable(bins.filter(isFilled))}`;
  });
  if (body === null) return null;
  return section({
    title: 'How sure, and how right',
    note: 'Of predictions made with a probability of 90 %, nine in ten should be right. A column is the share that is right, the line across it what the model claims; between them is what it is too sure of, or not sure enough.',
    body,
  });
}

function isFilled({ value }: Field<ReliabilityBin>): boolean {
  return value !== undefined && value.count > 0;
}

function reliabilityPictures(
  run: RunView,
  bins: readonly Field<ReliabilityBin>[],
  first: number,
  colour: number,
): Markup {
  return html`<div class="narrow">
    <figure>
      <figcaption>Share that is right</figcaption>
      ${accuracyChart(rangesOf(bins, first), colour)}
    </figure>
    <figure>
      <figcaption>How many there are</figcaption>
      ${countChart(rangesOf(bins, first))}
      <p class="axis">probability of the predicted class</p>
    </figure>
    <p class="aside">
      Expected calibration error:
      ${figure(run.fields.at('evaluation', 'calibration', 'error'), formatShare)}${uncalibrated(run)}
    </p>
  </div>`;
}

interface Range extends ReliabilityBin {
  from: number;
  to: number;
}

function rangesOf(bins: readonly Field<ReliabilityBin>[], first: number): Range[] {
  return bins.slice(first).map(({ value }, index) => ({
    from: (first + index) / bins.length,
    to: (first + index + 1) / bins.length,
    ...(value ?? { count: 0, accuracy: 0, confidence: 0 }),
  }));
}

function accuracyChart(ranges: readonly Range[], colour: number): Markup {
  return columnChart({
    label: 'Share of right predictions by their probability; the numbers are in the table below.',
    columns: ranges.map(({ from, to, count, accuracy, confidence }) => ({
      from,
      to,
      value: accuracy,
      ...(count === 0 ? {} : { mark: confidence }),
      title: `${formatCount(count)} predictions, ${formatShare(confidence)} sure, ${formatShare(accuracy)} right`,
    })),
    height: 240,
    colour,
    most: 1,
    diagonal: true,
    forms: { x: null, y: 'percent' },
  });
}

function countChart(ranges: readonly Range[]): Markup {
  return columnChart({
    label: 'Numbers of predictions by their probability; they are in the table below.',
    columns: ranges.map(({ from, to, count }) => ({
      from,
      to,
      value: count,
      title: `${formatCount(count)} predictions`,
    })),
    height: 64,
    colour: 0,
    forms: { x: 'percent', y: 'whole' },
  });
}

/** Says what the error was before the probabilities were calibrated. */
function uncalibrated({ fields }: RunView): Markup | null {
  const calibration = fields.at('calibration');
  const before = figure(calibration.at('test', 'before', 'calibrationError'), formatShare);
  if (before === null) return null;
  return html`, with probabilities that were calibrated by ${quote(calibration.at('calibration', 'kind'))} on the
  validation reviews; before that ${before}`;
}

function binTable(bins: readonly Field<ReliabilityBin>[]): Markup {
  const rows = bins.map((bin) => [
    figure(bin.at('confidence'), formatShare),
    figure(bin.at('accuracy'), formatShare),
    figure(bin.at('count'), formatCount),
  ]);
  return details(
    'The columns in numbers',
    table('Predictions by their probability', ['mean probability', 'right', 'predictions'], rows),
  );
}
