import type { MetricDifference, PairedComparison } from '../../training/paired_comparison.js';
import { formatCount, formatLoss, formatMetric, metricTitles } from '../format.js';
import type { LineStyle } from './line_style.js';
import { formatTable } from './table.js';

/** Below it, a difference is said to be more than chance. */
const significance = 0.05;
/** Below it, only that is said of a p-value. */
const leastShown = 1e-4;

/** Says how two models do on the same test reviews, and whether their difference may be chance. */
export function describeComparison(comparison: PairedComparison, style: LineStyle): string[] {
  const { reviews, bothRight, onlyA, onlyB, bothWrong, mcNemar, differences, bootstrap } = comparison;
  const level = `${Math.round(100 * bootstrap.level)} % interval`;
  return [
    `On the same ${formatCount(reviews)} test reviews both are right on ${formatCount(bothRight)}, A alone on ` +
      `${formatCount(onlyA)}, B alone on ${formatCount(onlyB)}, neither on ${formatCount(bothWrong)}.`,
    formatTable(['metric', 'A', 'B', 'B - A', level], differences.map(rowOf), style),
    `McNemar's test: p ${formatP(mcNemar.midP)}; ${verdictOf(comparison)}`,
  ];
}

function verdictOf({ onlyA, onlyB, mcNemar }: PairedComparison): string {
  if (onlyA === onlyB) return 'they are right equally often.';
  if (mcNemar.midP >= significance) return 'such a difference in accuracy may well be chance.';
  return `${onlyA > onlyB ? 'A' : 'B'} is right more often, and hardly by chance.`;
}

function formatP(p: number): string {
  return p < leastShown ? `< ${leastShown}` : `= ${p.toPrecision(2)}`;
}

function rowOf({ metric, a, b, difference, interval }: MetricDifference): string[] {
  const bounds = interval === null ? '-' : interval.map((bound) => formatSigned(metric, bound)).join(' .. ');
  const [first, second] = [a, b].map((value) => (Number.isNaN(value) ? '-' : formatMetric(metric, value)));
  return [metricTitles[metric], first ?? '', second ?? '', formatSigned(metric, difference), bounds];
}

/** Shares differ by percentage points. */
function formatSigned(metric: MetricDifference['metric'], value: number): string {
  if (Number.isNaN(value)) return '-';
  const isShare = metric === 'accuracy' || metric === 'macro-f1';
  return `${value < 0 ? '' : '+'}${isShare ? (100 * value).toFixed(2) : formatLoss(value)}`;
}
