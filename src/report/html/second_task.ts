import { dotRows, type DotRow } from './charts/charts.js';
import { formatBytes, formatCount, formatSeconds, formatShare } from '../format.js';
import { html, type Content, type Markup } from './markup.js';
import { summarize } from '../console/seeds.js';
import {
  deviationFigure,
  figure,
  meanFigure,
  numberAt,
  numbersAt,
  pathsIn,
  quote,
  valueAt,
  type RunView,
} from './run_view.js';
import { isSecondTask } from './phase_view.js';
import { details, section, sideBySide, table } from './sections.js';

/** Says what came out of LoRA and of full fine-tuning. */
export function secondTaskSentence(run: RunView, colour: number): Markup {
  const [lora, full] = [bestMethod(run, isBranch), bestMethod(run, isFullFineTuning)];
  return html`On a second task
    <strong class="colour-${colour}">${meanFigure(run, `${lora}.test`, formatShare)}</strong> of
    ${figure(run, 'task.tested', formatCount)} test reviews are classified correctly by
    ${quote(run, `${lora}.method`)} with ${figure(run, `${lora}.trainable`, formatCount)} trained parameters,
    and ${meanFigure(run, `${full}.test`, formatShare)} by full fine-tuning of
    ${figure(run, `${full}.trainable`, formatCount)}.`;
}

const isBranch = (run: RunView, path: string): boolean => numberAt(run, `${path}.rank`) !== null;
const isFullFineTuning = (run: RunView, path: string): boolean =>
  valueAt(run, `${path}.trainsHidden`) === true && valueAt(run, `${path}.start`) === 'base';

/** Path of the method that was best on validation of those that are meant; empty where there is none. */
function bestMethod(run: RunView, isMeant: (run: RunView, path: string) => boolean): string {
  const meanOf = (path: string): number => summarize(numbersAt(run, `${path}.valid`)).mean;
  const meant = pathsIn(run, 'methods').filter((path) => isMeant(run, path));
  return meant.reduce((best, path) => (best !== '' && meanOf(best) >= meanOf(path) ? best : path), '');
}

/** How well each method learned a second task, and what it took. */
export function secondTask(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run) => {
    if (!isSecondTask(run)) return null;
    return html`<p class="prose">${quote(run, 'conclusion')}</p>
      <div class="block">
        <h3>Accuracy on the test reviews</h3>
        ${dotRows({ rows: accuracies(run), form: 'percent' })}
      </div>
      ${costs(run)}${details('Every setting that was tried', settings(run))}`;
  });
  if (body === null) return null;
  return section({
    title: 'What LoRA is for',
    note: 'Is the opinion strong? Each method learns it on a model of sentiment, or from scratch. A dot is a model of one seed; the numbers are their mean and standard deviation. Learning rate and epochs were chosen on validation reviews.',
    body,
  });
}

function accuracies(run: RunView): DotRow[] {
  const share = numberAt(run, 'task.majority.share');
  const always: DotRow = {
    label: html`always “${quote(run, 'task.majority.name')}”`,
    text: figure(run, 'task.majority.share', formatShare),
    values: share === null ? [] : [share],
    colour: 0,
  };
  const rows = pathsIn(run, 'methods').map((path): DotRow => {
    const deviation = deviationFigure(run, `${path}.test`, formatShare);
    return {
      label: quote(run, `${path}.method`),
      text: html`${meanFigure(run, `${path}.test`, formatShare)}${deviation === null ? null : html` ± ${deviation}`}`,
      values: numbersAt(run, `${path}.test`),
      colour: colourOf(run, path),
    };
  });
  return [always, ...rows];
}

/** LoRA and full training have the colours that they have elsewhere. */
function colourOf(run: RunView, path: string): number {
  if (isBranch(run, path)) return 2;
  return isFullFineTuning(run, path) ? 1 : 0;
}

function costs(run: RunView): Markup {
  const rows = pathsIn(run, 'methods').map((path): Content[] => [
    quote(run, `${path}.method`),
    figure(run, `${path}.trainable`, formatCount),
    figure(run, `${path}.bytes`, formatBytes),
    figure(run, `${path}.seconds`, formatSeconds),
  ]);
  return table('What each method takes', ['method', 'parameters', 'on disk', 'training'], rows);
}

/**
 * Accuracies on validation: a row for each method and learning rate, a column for each number of epochs. What was
 * chosen is marked.
 */
function settings(run: RunView): Markup {
  const epochs = pathsIn(run, 'grid.epochs');
  const rows = pathsIn(run, 'methods').flatMap((path) =>
    pathsIn(run, 'grid.learningRates').map((rate): Content[] => [
      html`${quote(run, `${path}.method`)} <small>${figure(run, rate, String)}</small>`,
      ...epochs.map((count) => {
        const place = pathsIn(run, `${path}.grid`).find((point) => isSetting(run, point, rate, count));
        const accuracy = place === undefined ? null : meanFigure(run, `${place}.valid`, formatShare);
        return isSetting(run, path, rate, count) ? html`<strong>${accuracy}</strong>` : accuracy;
      }),
    ]),
  );
  return table(
    'Accuracy on validation by the number of epochs, mean of the seeds; bold: what was chosen',
    ['method and learning rate', ...epochs.map((count) => figure(run, count, formatCount))],
    rows,
  );
}

/** Whether what stands at a path has this learning rate and this number of epochs. */
function isSetting(run: RunView, path: string, rate: string, epochs: string): boolean {
  const agrees = (name: string, other: string): boolean =>
    numberAt(run, `${path}.${name}`) === numberAt(run, other);
  return agrees('learningRate', rate) && agrees('epochs', epochs);
}
