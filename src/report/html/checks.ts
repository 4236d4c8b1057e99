import type { Check } from '../../experiments/check.js';
import type { Field } from './field.js';
import { html, type Markup } from './markup.js';
import { quote, type RunView } from './run_view.js';
import { section, sideBySide } from './sections.js';

/** Draws what a run has checked of itself. */
export function checks(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, (run) => {
    const all = run.fields.at('checks').items();
    if (all.length === 0) return null;
    return html`<ul class="checks">
      ${all.map(checkLine)}
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
  return runs.some(({ fields }) => fields.at('checks').value?.some(({ name }) => /^o\d/.test(name)));
}

function checkLine(check: Field<Check>): Markup {
  const passed = check.at('passed').value === true;
  const detail = quote(check.at('detail'));
  return html`<li class="${passed ? 'passed' : 'failed'}">
    <span aria-hidden="true">${passed ? '✓' : '✗'}</span><span class="spoken">${passed ? 'passed:' : 'failed:'}</span>
    <span>${quote(check.at('name'))}${detail === null ? null : html` <small>${detail}</small>`}</span>
  </li>`;
}
