import { columnChart, matrix } from './charts/charts.js';
import { formatCount, formatLoss, formatShare } from '../format.js';
import { html, type Content, type Markup } from './markup.js';
import { figure, numberAt, pathsIn, quote, shareAt, shareFigure, type RunView } from './run_view.js';
import { details, section, sideBySide, table } from './sections.js';

/** A larger matrix could not be read. */
const largestMatrix = 12;

/** The confusion matrix, and how well each class is found. */
export function classFigures(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run) => {
    const classes = pathsIn(run, 'evaluation.classes');
    if (classes.length === 0) return null;
    return html`<div class="stack">
      ${classes.length > largestMatrix ? null : confusion(run, classes)}${scores(run, classes)}
    </div>`;
  });
  if (body === null) return null;
  return section({
    title: 'Right and wrong',
    note: 'The test reviews by their labels and by what the model says they are. The small numbers are shares of the row.',
    body,
  });
}

function confusion(run: RunView, classes: readonly string[]): Markup {
  const cells = classes.map((label, row) =>
    classes.map((_, column) => {
      const [count, support] = [`evaluation.confusion.${row}.${column}`, `${label}.support`] as const;
      return {
        content: html`${figure(run, count, formatCount)}<small
            >${shareFigure(run, count, support, formatShare)}</small
          >`,
        strength: shareAt(run, count, support) ?? 0,
      };
    }),
  );
  return matrix({
    caption: 'Confusion matrix',
    titles: { columns: 'predicted', rows: 'labelled' },
    names: classes.map((path) => quote(run, `${path}.name`)),
    cells,
  });
}

function scores(run: RunView, classes: readonly string[]): Markup {
  const row = (name: Content, path: string): Content[] => [
    name,
    ...['precision', 'recall', 'f1'].map((score) => figure(run, `${path}.${score}`, formatShare)),
    figure(run, `${path}.support`, formatCount),
  ];
  const rows = classes.map((path) => row(quote(run, `${path}.name`), path));
  const area = figure(run, 'evaluation.rocAuc', formatLoss);
  return html`${table(
    'Scores of each class',
    ['class', 'precision', 'recall', 'F1', 'reviews'],
    [...rows, row('mean', 'evaluation.macro')],
  )}${area === null ? null : html`<p class="aside">Area under the ROC curve: ${area}</p>`}`;
}

/** How often the model is right, by how sure it is. */
export function reliability(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const bins = pathsIn(run, 'evaluation.calibration.reliability');
    const filled = bins.flatMap((path, index) => ((numberAt(run, `${path}.count`) ?? 0) > 0 ? [index] : []));
    if (filled.length === 0) return null;
    return html`${reliabilityPictures(run, bins, filled[0] ?? 0, colour)}${binTable(
      run,
      filled.map((index) => bins[index] ?? ''),
    )}`;
  });
  if (body === null) return null;
  return section({
    title: 'How sure, and how right',
    note: 'Of predictions made with a probability of 90 %, nine in ten should be right. A column is the share that is right, the line across it what the model claims; between them is what it is too sure of, or not sure enough.',
    body,
  });
}

function reliabilityPictures(run: RunView, bins: readonly string[], first: number, colour: number): Markup {
  const ranges = bins.slice(first).map((path, index) => ({
    from: (first + index) / bins.length,
    to: (first + index + 1) / bins.length,
    count: numberAt(run, `${path}.count`) ?? 0,
    accuracy: numberAt(run, `${path}.accuracy`) ?? 0,
    confidence: numberAt(run, `${path}.confidence`) ?? 0,
  }));
  const accuracy = columnChart({
    label: 'Share of right predictions by their probability; the numbers are in the table below.',
    columns: ranges.map(({ count, accuracy: value, confidence, ...range }) => ({
      ...range,
      value,
      ...(count === 0 ? {} : { mark: confidence }),
      title: `${formatCount(count)} predictions, ${formatShare(confidence)} sure, ${formatShare(value)} right`,
    })),
    height: 240,
    colour,
    most: 1,
    diagonal: true,
    forms: { x: null, y: 'percent' },
  });
  const counts = columnChart({
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
  return html`<div class="narrow">
    <figure>
      <figcaption>Share that is right</figcaption>
      ${accuracy}
    </figure>
    <figure>
      <figcaption>How many there are</figcaption>
      ${counts}
      <p class="axis">probability of the predicted class</p>
    </figure>
    <p class="aside">
      Expected calibration error:
      ${figure(run, 'evaluation.calibration.error', formatShare)}${uncalibrated(run)}
    </p>
  </div>`;
}

/** What the error was before the probabilities were calibrated. */
function uncalibrated(run: RunView): Markup | null {
  const before = figure(run, 'calibration.test.before.calibrationError', formatShare);
  if (before === null) return null;
  return html`, with probabilities that were calibrated by ${quote(run, 'calibration.calibration.kind')} on
  the validation reviews; before that ${before}`;
}

function binTable(run: RunView, bins: readonly string[]): Markup {
  const rows = bins.map((path) => [
    figure(run, `${path}.confidence`, formatShare),
    figure(run, `${path}.accuracy`, formatShare),
    figure(run, `${path}.count`, formatCount),
  ]);
  return details(
    'The columns in numbers',
    table('Predictions by their probability', ['mean probability', 'right', 'predictions'], rows),
  );
}
