import { html, type Markup } from './markup.js';
import { quote, type RunView } from './run_view.js';
import { section, sideBySide } from './sections.js';

/** Says why models may be no good; null where nothing was found. */
export function warnings(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, ({ fields }) => {
    const all = fields.at('warnings').items();
    if (all.length === 0) return null;
    return html`<ul class="warnings">
      ${all.map((each) => html`<li>${quote(each.at('sentence'))}</li>`)}
    </ul>`;
  });
  if (body === null) return null;
  return section({ title: 'Look at this first', note: 'Why the model may be no good, and what to do.', body });
}
