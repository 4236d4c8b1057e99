import type { MetricsLine, RunDocument } from '../../storage/run_document.js';
import { Field } from './field.js';
import { html, type Markup } from './markup.js';

/** A run as a report sees it. */
export interface RunView {
  /** The name of its folder. */
  name: string;
  /** The document of `run.json`, and under `metrics` the lines of `metrics.jsonl`. */
  fields: Field<RunFields>;
  /** The command line that repeats the run; null where it is not known. */
  commandLine: string | null;
  /** Which of the runs of the report, from 0. */
  index: number;
}

export type RunFields = RunDocument & { metrics: readonly MetricsLine[] };

export function viewRun(run: Omit<RunView, 'fields'>, fields: RunFields): RunView {
  return { ...run, fields: new Field(run.index, '', fields) };
}

export type Format = (value: number) => string;

/** A number as a `data` element that says where it comes from; null where there is none. */
export function figure(field: Field<number>, format: Format): Markup | null {
  const value = finiteNumber(field);
  return value === null ? null : dataElement(field.run, field.path, value, format(value));
}

/** The share of one number in another, as `figure`. */
export function shareFigure(part: Field<number>, whole: Field<number>, format: Format): Markup | null {
  const share = shareOf(part, whole);
  return share === null ? null : dataElement(part.run, `${part.path} / ${whole.path}`, share, format(share));
}

export function shareOf(part: Field<number>, whole: Field<number>): number | null {
  const [dividend, divisor] = [finiteNumber(part), finiteNumber(whole)];
  return dividend === null || divisor === null || divisor === 0 ? null : dividend / divisor;
}

/** The number of a field; null where there is none that is finite, which JSON has null for. */
export function finiteNumber({ value }: Field<number>): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A text as an element that says where it comes from; null where there is none. */
export function quote({ run, path, value }: Field<string>): Markup | null {
  return value === undefined ? null : html`<span data-run="${run}" data-from="${path}">${value}</span>`;
}

export function nameOf({ name }: RunView): Markup {
  return html`<span data-name>${name}</span>`;
}

function dataElement(run: number, from: string, value: number, text: string): Markup {
  return html`<data value="${value}" data-run="${run}" data-from="${from}">${text}</data>`;
}
