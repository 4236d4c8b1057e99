import { formatCount } from '../format.js';
import { html, type Content } from './markup.js';
import { figure, nameOf, quote, type RunView } from './run_view.js';
import { table } from './sections.js';

/** Draws what became of all that was there to be read, where a run says it, and once where several say the same. */
export function accounts(runs: readonly RunView[]): Content {
  const told = runs.map(({ fields }) => JSON.stringify(fields.at('read').value));
  const different = runs.filter((_, index) => told[index] !== undefined && told.indexOf(told[index]) === index);
  return different.map((run) => {
    const read = run.fields.at('read');
    const leftOut = read.at('leftOut').items();
    const rows = [
      ['used', figure(read.at('rows'), formatCount), null],
      ...leftOut.map((each) => [
        html`left out: ${quote(each.at('why'))}`,
        figure(each.at('count'), formatCount),
        quote(each.at('first')),
      ]),
    ];
    const names = read.at('notLookedAt').items();
    const hidden = names.length === 0 ? [] : [html`Not looked at: ${names.map((name) => [quote(name), ' '])}`];
    const notes = [...read.at('notes').items().map(quote), ...hidden];
    return html`<div class="settings">
      ${table(different.length === 1 ? 'What was read' : html`What was read for ${nameOf(run)}`, ['outcome', 'rows', 'the first'], rows)}
      ${
        notes.length === 0
          ? null
          : html`<ul>
              ${notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
    </div>`;
  });
}
