import type { RunDocument } from '../../storage/run_document.js';
import { formatCount } from '../format.js';
import { html, type Content, type Markup } from './markup.js';
import { accounts } from './account.js';
import { recordedSettings } from '../console/runs.js';
import { figure, nameOf, quote, type RunView } from './run_view.js';
import { section, table } from './sections.js';

const groups: readonly { title: string; names: readonly string[] }[] = [
  { title: 'Options', names: ['command', 'options'] },
  { title: 'Data', names: ['data', 'vocabulary'] },
  { title: 'Where it ran', names: ['device', 'engine', 'dtype', 'versions'] },
];

/** Draws all that decides the numbers of the runs, and how to repeat them. */
export function settingsSection(runs: readonly RunView[]): Markup {
  const paths = [...new Set(runs.flatMap((run) => [...recordedSettings(documentOf(run)).keys()]))];
  const shown = paths.filter((path) => runs.some((run) => isSetting(valueAt(run, path))));
  const different = shown.filter((path) => runs.some((run) => valueAt(run, path) !== firstValue(runs, path)));
  const common = shown.filter((path) => !different.includes(path));
  return section({
    title: runs.length === 1 ? 'To run it again' : 'To run them again',
    note: 'The same command gives the same numbers on the same machine, whatever the number of threads.',
    body: html`${commands(runs)}${differences(runs, different)}
      <div class="tables">${groups.map((group) => settingsTable(group, runs, common))}</div>
      ${accounts(runs)} ${runs.map((run) => filesTable(run, runs))}`,
  });
}

function documentOf({ fields }: RunView): RunDocument {
  return fields.value ?? { schema: 1 };
}

/** Returns what a run has at the path of a setting. */
function valueAt(run: RunView, path: string): unknown {
  return recordedSettings(documentOf(run)).get(path);
}

function isSetting(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function firstValue([run]: readonly RunView[], path: string): unknown {
  return run === undefined ? undefined : valueAt(run, path);
}

/** A command line for each run, or one where it is the same for all. */
function commands(runs: readonly RunView[]): Content {
  const lines = runs.map(({ commandLine }) => commandLine);
  const isCommon = new Set(lines).size === 1;
  return lines.slice(0, isCommon ? 1 : lines.length).map((line, index) => {
    const run = runs[index];
    if (line === null || run === undefined) return null;
    return html`<div class="block">
      ${isCommon ? null : html`<h3>${nameOf(run)}</h3>`}
      <pre tabindex="0"><code data-name>${line}</code></pre>
    </div>`;
  });
}

function differences(runs: readonly RunView[], paths: readonly string[]): Markup | null {
  if (paths.length === 0) return null;
  const rows = paths.map((path) => [html`<code>${path}</code>`, ...runs.map((run) => setting(run, path))]);
  return html`<div class="settings">${table('What differs', ['setting', ...runs.map(nameOf)], rows)}</div>`;
}

/** Draws what all runs have in common; of a single run that is everything. */
function settingsTable(
  { title, names }: (typeof groups)[number],
  runs: readonly RunView[],
  common: readonly string[],
): Markup | null {
  const [run] = runs;
  const paths = common.filter((path) => names.includes(path.split('.')[0] ?? ''));
  if (paths.length === 0 || run === undefined) return null;
  const rows = paths.map((path) => [html`<code>${shortLabel(path)}</code>`, setting(run, path)]);
  return html`<div class="settings">${table(title, [], rows)}</div>`;
}

/** Leaves out what the title of the table says already. */
function shortLabel(path: string): string {
  return path.replace(/^(options(\.features)?|data|versions)\./, '');
}

function setting(run: RunView, path: string): Content {
  const value = valueAt(run, path);
  if (!isSetting(value)) return null;
  return html`<code data-run="${run.index}" data-from="${path}">${String(value)}</code>`;
}

function filesTable(run: RunView, runs: readonly RunView[]): Markup | null {
  const files = run.fields.at('files').items();
  if (files.length === 0) return null;
  const rows = files.map((file) => [
    html`${quote(file.at('name'))}<code class="hash">${quote(file.at('sha256'))}</code>`,
    figure(file.at('bytes'), formatCount),
  ]);
  const caption = runs.length === 1 ? 'Files' : html`Files of ${nameOf(run)}`;
  return table(caption, ['name and SHA-256', 'bytes'], rows);
}
