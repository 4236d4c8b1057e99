import { html, type Content, type Markup } from './markup.js';
import { colourOf } from './phase_view.js';
import { nameOf, type RunView } from './run_view.js';

interface SectionParts {
  title: string;
  /** A sentence or two about what is shown. */
  note: Content;
  body: Content;
}

/** A part of the page with its title beside it. */
export function section({ title, note, body }: SectionParts): Markup {
  return html`<section>
    <header>
      <h2>${title}</h2>
      <p>${note}</p>
    </header>
    <div class="body">${body}</div>
  </section> `;
}

/**
 * Draws what every run has to say about something, side by side where there are several; null where none has anything.
 * @param draw null: this run has nothing
 */
export function sideBySide(runs: readonly RunView[], draw: (run: RunView, colour: number) => Content): Markup | null {
  const drawn = runs.flatMap((run) => {
    const colour = colourOf(run, runs);
    const content = draw(run, colour);
    return content === null ? [] : [{ run, colour, content }];
  });
  if (drawn.length === 0) return null;
  if (runs.length === 1) return html`${drawn.map(({ content }) => content)}`;
  return html`<div class="side-by-side">
    ${drawn.map(
      ({ run, colour, content }) =>
        html`<div>
          <h3 class="run colour-${colour}">${nameOf(run)}</h3>
          ${content}
        </div>`,
    )}
  </div>`;
}

/**
 * A table whose rows begin with their names; it can be scrolled by keyboard where the screen is too narrow.
 * @param titles of the columns; empty: they have none
 */
export function table(caption: Content, titles: readonly Content[], rows: readonly (readonly Content[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="group">
    <table>
      <caption>
        ${caption}
      </caption>
      ${titles.length === 0 ? null : columnTitles(titles)}
      <tbody>
        ${rows.map(
          ([name = null, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell ?? '–'}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function columnTitles(titles: readonly Content[]): Markup {
  return html`<thead>
    <tr>
      ${titles.map((title) => html`<th scope="col">${title}</th>`)}
    </tr>
  </thead>`;
}

/** Draws what only some readers want: it is closed until it is asked for. */
export function details(summary: string, content: Content): Markup {
  return html`<details>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}
