import type { ModelAnalysis } from '../../experiments/model_analysis.js';
import { areaChart, bars } from './charts/charts.js';
import { formatCount, mostTabledClasses } from '../format.js';
import type { Field } from './field.js';
import { html, type Markup } from './markup.js';
import { figure, finiteNumber, quote, type RunView } from './run_view.js';
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

/** Draws the words that speak most for each class. */
export function wordLists(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const classes = run.fields.at('topWords').items();
    if (classes.length === 0) return null;
    return html`<div class="lists">
      ${classes.slice(0, mostTabledClasses).map((each) => {
        const words = each.at('words').items().slice(0, listLength(runs.length));
        return html`<div>
          <h3>${quote(each.at('class'))}</h3>
          ${bars(
            words.map((word) => ({
              label: quote(word.at('word')),
              value: finiteNumber(word.at('effect')),
              text: figure(word.at('effect'), formatEffect),
              colour,
            })),
          )}
        </div>`;
      })}
      ${classes.length > mostTabledClasses ? html`<p class="aside">run.json has those of the other classes.</p>` : null}
    </div>`;
  });
  if (body === null) return null;
  return section({
    title: 'Words that speak for each class',
    note: [
      'By how much a word alone moves the log-odds of the class, compared with an empty review.',
      runs.some(({ fields }) => fields.at('options', 'features', 'normalize').value === true)
        ? ' Where reviews are divided by their norm, the heaviest word has the whole length of a review, the others in proportion to their weights.'
        : null,
    ],
    body,
  });
}

/** Draws what LoRA branches change in the weights of their layers. */
export function weightChange(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run, colour) => {
    const [hidden, output] = [run.fields.at('weightChange'), run.fields.at('outputChange')];
    const hasHidden = hidden.at('units').items().length > 0;
    const hasOutput = finiteNumber(output.at('norm')) !== null;
    if (!hasHidden && !hasOutput) return null;
    return html`${hasHidden ? changeSentence(hidden, 'the hidden layer') : null}
    ${hasOutput ? changeSentence(output, 'the output layer') : null}
    ${hasHidden ? hiddenChange(hidden, colour, runs.length) : null}`;
  });
  if (body === null) return null;
  return section({
    title: 'What merging changes',
    note: 'Merging adds scale · up · down to the weight of a layer; in the hidden layer that is one number for every unit and word. Sizes are Euclidean norms.',
    body,
  });
}

type Change = NonNullable<ModelAnalysis['weightChange']>;

function hiddenChange(change: Field<Change>, colour: number, runs: number): Markup {
  return html`<div class="pair">${unitPicture(change, colour)}${movedWords(change, colour, listLength(runs))}</div>
    ${unitTable(change, Math.ceil(tabledUnits / runs))}`;
}

function changeSentence(change: Field<Omit<Change, 'units' | 'words'>>, layer: string): Markup {
  return html`<p class="lead">
    In ${layer}, a change of rank ${figure(change.at('rank'), formatCount)} at scale
    ${figure(change.at('scale'), formatScale)} and of size ${figure(change.at('norm'), formatNorm)}, to a weight of size
    ${figure(change.at('weightNorm'), formatNorm)}.
  </p>`;
}

/** Returns the sizes of the hidden units' changes, the largest first. */
function rankedUnits(change: Field<Change>): Field<number>[] {
  return change
    .at('units')
    .items()
    .sort((one, other) => (finiteNumber(other) ?? 0) - (finiteNumber(one) ?? 0));
}

function unitPicture(change: Field<Change>, colour: number): Markup {
  return html`<figure>
    <figcaption>Size of the change of each hidden unit</figcaption>
    ${areaChart({
      label: 'Size of the change of each hidden unit, the most changed first; the largest are in the table below.',
      values: rankedUnits(change).map((unit) => finiteNumber(unit) ?? 0),
      height: 300,
      colour,
    })}
    <p class="axis">hidden units, the most changed first</p>
  </figure>`;
}

function unitOf({ path }: Field<number>): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function movedWords(change: Field<Change>, colour: number, most: number): Markup {
  const words = change.at('words').items().slice(0, most);
  return html`<div class="block">
    <h3>The words it moves most</h3>
    ${bars(
      words.map((word) => ({
        label: quote(word.at('word')),
        value: finiteNumber(word.at('norm')),
        text: html`${figure(word.at('norm'), formatNorm)}
          <small>was ${figure(word.at('weightNorm'), formatNorm)}</small>`,
        colour,
      })),
    )}
  </div>`;
}

function unitTable(change: Field<Change>, most: number): Markup {
  const rows = rankedUnits(change)
    .slice(0, most)
    .map((unit) => [html`<code data-name>${unitOf(unit)}</code>`, figure(unit, formatNorm)]);
  return details(
    'The hidden units in numbers',
    table('Size of the change of the hidden units', ['hidden unit', 'size'], rows),
  );
}
