import type { Metrics } from '../../training/evaluation.js';
import { formatBytes, formatCount, formatShare, formatText } from '../format.js';
import type { LineStyle } from './line_style.js';
import { formatTable } from './table.js';

/** What an export keeps of a model, and what that costs. */
interface ExportFigures {
  readonly precision: string;
  readonly features: number;
  readonly kept: number;
  readonly cost: {
    readonly split: string;
    readonly seen: boolean;
    readonly reviews: number;
    readonly changed: number;
    readonly before: Metrics;
    readonly after: Metrics;
  } | null;
}

/** Says what an export keeps, and what that costs. */
export function describeMeasured({ precision, features, kept, cost }: ExportFigures): string[] {
  const share = kept < features ? `${formatCount(kept)} of ${formatCount(features)}` : `All ${formatCount(features)}`;
  const keeps = `${share} features, weights as ${precision}.`;
  if (cost === null) return [`${keeps} Nothing is lost.`];
  const { split, seen, reviews, changed, before, after } = cost;
  const points = (after.accuracy - before.accuracy) * 100;
  return [
    keeps,
    `Accuracy on ${formatCount(reviews)} ${nameOfSplit(split, seen)}: ${formatShare(before.accuracy)} before, ` +
      `${formatShare(after.accuracy)} now (${points > 0 ? '+' : ''}${points.toFixed(2)} points); ` +
      `loss ${before.loss.toFixed(4)} and ${after.loss.toFixed(4)}; ${formatCount(changed)} get another label.`,
  ];
}

function nameOfSplit(split: string, seen: boolean): string {
  const names: Readonly<Record<string, string>> = { valid: 'validation reviews', train: 'training reviews' };
  const name = names[split] ?? 'reviews';
  // What it has learned by heart it loses sooner, or later, than what it knows of all texts.
  return seen ? `${name}, which the model was trained on (--data takes others)` : name;
}

/** Lists the files of an export. */
export function describeExport(
  out: string,
  files: readonly { readonly name: string; readonly bytes: number; readonly gzipped: number }[],
  style: LineStyle,
): string[] {
  const rows = files.map(({ name, bytes, gzipped }) => [name, formatBytes(bytes), formatBytes(gzipped)]);
  return [`Written: ${formatText(out)}`, formatTable(['file', 'size', 'gzipped'], rows, style)];
}
