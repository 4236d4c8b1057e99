import { areaChart, bars } from './charts/charts.js';
import { formatCount } from '../format.js';
import { html, type Markup } from './markup.js';
import { figure, listAt, numberAt, pathsIn, quote, valueAt, type RunView } from './run_view.js';
import { details, section, sideBySide, table } from './sections.js';

/** Words in a list; of several runs they are fewer. */
const mostWords = 15;
const wordsOfAllRuns = 60;
/** Hidden units in the tables of a report, of all runs together. */
const tabledUnits = 160;

function formatEffect(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

function formatNorm(value: number): string {
  if (value >= 1000) return formatCount(value);
  return value === 0 || value >= 0.001 ? value.toPrecision(3) : value.toExponential(2);
}

function formatScale(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function listLength(runs: number): number {
  return Math.min(mostWords, Math.floor(wordsOfAllRuns / runs));
}

/** The words that speak most for each class. */
export function topWords(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const classes = pathsIn(run, 'topWords');
    if (classes.length === 0) return null;
    return html`<div class="lists">
      ${classes.map((path) => {
        const words = pathsIn(run, `${path}.words`).slice(0, listLength(runs.length));
        return html`<div>
          <h3>${quote(run, `${path}.class`)}</h3>
          ${bars(
            words.map((word) => ({
              label: quote(run, `${word}.word`),
              value: numberAt(run, `${word}.effect`),
              text: figure(run, `${word}.effect`, formatEffect),
              colour,
            })),
          )}
        </div>`;
      })}
    </div>`;
  });
  if (body === null) return null;
  return section({
    title: 'Words that speak for each class',
    note: [
      'By how much a word alone moves the log-odds of the class, compared with an empty review.',
      runs.some((run) => valueAt(run, 'options.features.normalize') === true)
        ? ' Where reviews are normalised, the heaviest word has the whole length of a review, the others in proportion to their weights.'
        : null,
    ],
    body,
  });
}

/** What LoRA branches change in the weights of their layers. */
export function weightChange(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const hasHidden = listAt(run, 'weightChange.units').length > 0;
    const hasOutput = numberAt(run, 'outputChange.norm') !== null;
    if (!hasHidden && !hasOutput) return null;
    return html`${hasHidden ? changeSentence(run, 'weightChange', 'the hidden layer') : null}
    ${hasOutput ? changeSentence(run, 'outputChange', 'the output layer') : null}
    ${hasHidden ? hiddenChange(run, colour, runs.length) : null}`;
  });
  if (body === null) return null;
  return section({
    title: 'What merging changes',
    note: 'Merging adds scale · up · down to the weight of a layer; in the hidden layer that is one number for every unit and word. Sizes are Euclidean norms.',
    body,
  });
}

function hiddenChange(run: RunView, colour: number, runs: number): Markup {
  return html`<div class="pair">${unitPicture(run, colour)}${movedWords(run, colour, listLength(runs))}</div>
    ${unitTable(run, Math.ceil(tabledUnits / runs))}`;
}

function changeSentence(run: RunView, change: 'weightChange' | 'outputChange', layer: string): Markup {
  return html`<p class="lead">
    In ${layer}, a change of rank ${figure(run, `${change}.rank`, formatCount)} at scale
    ${figure(run, `${change}.scale`, formatScale)} and of size ${figure(run, `${change}.norm`, formatNorm)},
    to a weight of size ${figure(run, `${change}.weightNorm`, formatNorm)}.
  </p>`;
}

/** Paths of the hidden units, the most changed first. */
function rankedUnits(run: RunView): string[] {
  const size = (path: string): number => numberAt(run, path) ?? 0;
  return pathsIn(run, 'weightChange.units').sort((one, other) => size(other) - size(one));
}

function unitPicture(run: RunView, colour: number): Markup {
  return html`<figure>
    <figcaption>Size of the change of each hidden unit</figcaption>
    ${areaChart({
      label:
        'Size of the change of each hidden unit, the most changed first; the largest are in the table below.',
      values: rankedUnits(run).map((path) => numberAt(run, path) ?? 0),
      height: 300,
      colour,
    })}
    <p class="axis">hidden units, the most changed first</p>
  </figure>`;
}

function unitOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function movedWords(run: RunView, colour: number, most: number): Markup {
  const words = pathsIn(run, 'weightChange.words').slice(0, most);
  return html`<div class="block">
    <h3>The words it moves most</h3>
    ${bars(
      words.map((path) => ({
        label: quote(run, `${path}.word`),
        value: numberAt(run, `${path}.norm`),
        text: html`${figure(run, `${path}.norm`, formatNorm)}
          <small>was ${figure(run, `${path}.weightNorm`, formatNorm)}</small>`,
        colour,
      })),
    )}
  </div>`;
}

function unitTable(run: RunView, most: number): Markup {
  const rows = rankedUnits(run)
    .slice(0, most)
    .map((path) => [html`<code data-name>${unitOf(path)}</code>`, figure(run, path, formatNorm)]);
  return details(
    'The hidden units in numbers',
    table('Size of the change of the hidden units', ['hidden unit', 'size'], rows),
  );
}
