import { html, type Content, type Markup } from '../markup.js';
import { coordinate } from './plot.js';

export interface MatrixCell {
  content: Content;
  /** 0 .. 1: how strongly the cell is coloured. */
  strength: number;
}

export interface MatrixOptions {
  caption: Content;
  /** Over the names of the columns, and beside those of the rows. */
  titles: { columns: string; rows: string };
  names: readonly Content[];
  /** `[row][column]` */
  cells: readonly (readonly MatrixCell[])[];
}

/**
 * A square table whose cells are coloured: those of the diagonal in one colour, the others in another. It can be
 * scrolled by keyboard where the screen is too narrow.
 */
export function matrix({ caption, titles, names, cells }: MatrixOptions): Markup {
  return html`<div class="scroll" tabindex="0" role="group">
    <table class="matrix" style="--columns:${names.length + 1}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <td></td>
          ${names.map((name) => html`<th scope="col"><small>${titles.columns}</small> ${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${cells.map(
          (row, index) =>
            html`<tr>
              <th scope="row"><small>${titles.rows}</small> ${names[index] ?? null}</th>
              ${row.map(
                ({ content, strength }, column) =>
                  html`<td class="${column === index ? 'right' : 'wrong'}" style="--strength:${coordinate(strength)}">
                    ${content}
                  </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
