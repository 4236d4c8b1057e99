import { html, type Markup } from './markup.js';
import { pathsIn, quote, textAt, valueAt, type RunView } from './run_view.js';
import { section, sideBySide } from './sections.js';

/** What a run has checked of itself. */
export function checks(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run) => {
    const paths = pathsIn(run, 'checks');
    if (paths.length === 0) return null;
    return html`<ul class="checks">
      ${paths.map((path) => checkLine(run, path))}
    </ul>`;
  });
  if (body === null) return null;
  return section({
    title: 'Checks',
    note: ['What must hold of LoRA, tested on this very run.', hasOutputs(runs) ? outputsNote : null],
    body,
  });
}

const outputsNote = ' o1 to o7 are the outputs of one small layer with its branch off, on and merged.';

function hasOutputs(runs: readonly RunView[]): boolean {
  return runs.some((run) =>
    pathsIn(run, 'checks').some((path) => /^o\d/.test(textAt(run, `${path}.name`) ?? '')),
  );
}

function checkLine(run: RunView, path: string): Markup {
  const passed = valueAt(run, `${path}.passed`) === true;
  const detail = quote(run, `${path}.detail`);
  return html`<li class="${passed ? 'passed' : 'failed'}">
    <span aria-hidden="true">${passed ? '✓' : '✗'}</span
    ><span class="spoken">${passed ? 'passed:' : 'failed:'}</span>
    <span>${quote(run, `${path}.name`)}${detail === null ? null : html` <small>${detail}</small>`}</span>
  </li>`;
}
