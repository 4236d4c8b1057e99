import { casePassed, type CaseComparison, type CaseResult } from '../../experiments/verify/case_result.js';
import { formatCheck } from './checks.js';
import { formatMark, type LineStyle } from './line_style.js';
import { formatError } from '../../experiments/check.js';
import { formatTable } from './table.js';

interface Errors {
  /** The largest one. */
  absolute: number;
  /** That of the comparison that comes nearest to its tolerance or goes furthest beyond it. */
  relative: number;
  tolerance: number;
}

/** Cases of one group and dtype at one place: a row of the table. */
export interface VerificationRow extends Errors, Pick<CaseResult, 'group' | 'dtype' | 'engine' | 'device'> {
  cases: number;
  passed: boolean;
}

export function verificationRows(results: readonly CaseResult[]): VerificationRow[] {
  const rows = new Map<string, CaseResult[]>();
  for (const result of results) {
    const key = [result.group, result.dtype, result.engine, result.device].join('\0');
    rows.set(key, [...(rows.get(key) ?? []), result]);
  }
  return [...rows.values()].map((own) => {
    const [{ group, dtype, engine, device }] = own as [CaseResult];
    const errors = errorsOf(own.flatMap(({ comparisons }) => comparisons));
    return { group, dtype, engine, device, cases: own.length, ...errors, passed: own.every(casePassed) };
  });
}

function errorsOf(comparisons: readonly CaseComparison[]): Errors {
  const errors: Errors = { absolute: 0, relative: 0, tolerance: 0 };
  for (const { absolute, relative, tolerance } of comparisons) {
    errors.absolute = Math.max(errors.absolute, absolute);
    const [share, largest] = [shareOf({ relative, tolerance }), shareOf(errors)];
    // Of those without any error the one that might have had the largest.
    if (share < largest || (share === largest && tolerance < errors.tolerance)) continue;
    errors.relative = relative;
    errors.tolerance = tolerance;
  }
  return errors;
}

/** Returns which share of its tolerance an error takes. */
function shareOf({ relative, tolerance }: Pick<Errors, 'relative' | 'tolerance'>): number {
  return relative === 0 ? 0 : relative / tolerance;
}

/** At most 80 columns wide. */
export function formatVerification(rows: readonly VerificationRow[], style: LineStyle): string {
  const titles = ['cases', 'engine', 'device', 'largest', 'relative', 'allowed', ''];
  const cells = rows.map((row) => [
    `${row.cases} ${row.group} ${row.dtype}`,
    row.engine,
    row.device,
    formatError(row.absolute),
    formatError(row.relative),
    formatError(row.tolerance),
    { lines: formatMark(row.passed, style) },
  ]);
  return formatTable(titles, cells, style);
}

/** A line for a case. */
export function formatCase(result: CaseResult, style: LineStyle): string {
  const { absolute, relative, tolerance } = errorsOf(result.comparisons);
  const detail = `${formatError(absolute)}, ${formatError(relative)} of ${formatError(tolerance)}`;
  return formatCheck({ name: nameOf(result), passed: casePassed(result), detail }, style);
}

/** A line for each thing of a case that is not as PyTorch has it. */
export function formatFailures(result: CaseResult, style: LineStyle): string[] {
  const failed = result.comparisons.filter(({ passed }) => !passed);
  return failed.map(({ what, absolute, relative, tolerance, problem }) => {
    const size = `off by ${formatError(absolute)}, relative ${formatError(relative)} of ${formatError(tolerance)}`;
    const name = `${nameOf(result)}: ${what} ${problem ?? size}`;
    return formatCheck({ name, passed: false }, style);
  });
}

function nameOf({ group, name, engine, device }: CaseResult): string {
  return `${group} ${name}, ${engine} on ${device}`;
}
