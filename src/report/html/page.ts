import { html, Markup, type Content } from './markup.js';
import { checks } from './checks.js';
import { classFigures, reliability } from './classes.js';
import { comparison } from './comparison.js';
import { curves } from './curves.js';
import { headline } from './headline.js';
import { learningCurves } from './learning_curve.js';
import { nameOf, type RunView } from './run_view.js';
import { searches } from './search.js';
import { settingsSection } from './settings.js';
import { warnings } from './warnings.js';
import { style } from './style.js';
import { wordLists, weightChange } from './words.js';

/** The report of one run, or of several side by side: a page that needs no other file and no script. */
export function drawPage(runs: readonly RunView[]): string {
  const title = runs.map(({ name }) => name).join(' and ');
  const sections = [
    warnings,
    curves,
    searches,
    learningCurves,
    comparison,
    classFigures,
    reliability,
    wordLists,
    weightChange,
    checks,
    settingsSection,
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title} – imdb-torch</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>${headline(runs)}${sections.map((draw) => draw(runs))}</main>
        <footer>${footer(runs)}</footer>
      </body>
    </html> `.text;
}

function footer(runs: readonly RunView[]): Content {
  const versions = new Set(runs.map(({ fields }) => fields.at('versions', 'imdb-torch').value));
  const [version] = versions;
  const made = versions.size === 1 && typeof version === 'string' ? html` <span data-name>${version}</span>` : null;
  return html`<p>
    Drawn by imdb-torch${made} from <code>run.json</code> and <code>metrics.jsonl</code> of
    ${runs.map((run, index) => [index > 0 ? ', ' : null, nameOf(run)])}.
  </p>`;
}
