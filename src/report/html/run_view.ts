import { html, type Markup } from './markup.js';
import type { RunDocument } from '../console/runs.js';

/** A run as a report sees it: whatever its files have, by path, such as `lora.test.accuracy`. */
export interface RunView {
  /** What it is called. */
  name: string;
  /** The document of `run.json`, and under `metrics` the lines of `metrics.jsonl`. */
  fields: RunDocument & { metrics: readonly unknown[] };
  /** The command line that repeats the run; null where it is not known. */
  commandLine: string | null;
  /** Which of the runs of the report, from 0. */
  index: number;
}

/** What stands at a path; undefined where there is nothing. */
export function valueAt({ fields }: RunView, path: string): unknown {
  let value: unknown = fields;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

export function numberAt(run: RunView, path: string): number | null {
  const value = valueAt(run, path);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function textAt(run: RunView, path: string): string | null {
  const value = valueAt(run, path);
  return typeof value === 'string' ? value : null;
}

export function listAt(run: RunView, path: string): readonly unknown[] {
  const value = valueAt(run, path);
  return Array.isArray(value) ? value : [];
}

/** The paths of the elements of a list. */
export function pathsIn(run: RunView, path: string): string[] {
  return listAt(run, path).map((_, index) => `${path}.${index}`);
}

export type Format = (value: number) => string;

/** The number at a path as a `data` element that says where it comes from; null where there is none. */
export function figure(run: RunView, path: string, format: Format): Markup | null {
  const value = numberAt(run, path);
  return value === null ? null : dataElement(run, path, value, format(value));
}

/** The share of one number in another, as `figure`. */
export function shareFigure(run: RunView, path: string, ofPath: string, format: Format): Markup | null {
  const share = shareAt(run, path, ofPath);
  return share === null ? null : dataElement(run, `${path} / ${ofPath}`, share, format(share));
}

export function shareAt(run: RunView, path: string, ofPath: string): number | null {
  const [part, whole] = [numberAt(run, path), numberAt(run, ofPath)];
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** The text at a path, as an element that says where it comes from; null where there is none. */
export function quote(run: RunView, path: string): Markup | null {
  const text = textAt(run, path);
  return text === null ? null : html`<span data-run="${run.index}" data-from="${path}">${text}</span>`;
}

export function nameOf({ name }: RunView): Markup {
  return html`<span data-name>${name}</span>`;
}

function dataElement({ index }: RunView, from: string, value: number, text: string): Markup {
  return html`<data value="${value}" data-run="${index}" data-from="${from}">${text}</data>`;
}
