import { formatBytes, formatClock, formatCount } from '../format.js';

export interface ProgressState {
  label: string;
  done: number;
  /** Null where the end is not known. */
  total: number | null;
  unit: 'reviews' | 'bytes' | 'cases' | 'models' | 'files';
  /** Since the work began. */
  seconds: number;
}

const longestBar = 30;
const shortestBar = 5;

/**
 * One line of at most `width` characters: a bar, the share done, the rate and the time that is left. What does not
 * fit is left out, the least important first.
 */
export function formatProgress(state: ProgressState, width: number, unicode: boolean): string {
  const { label, done, total, unit, seconds } = state;
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} ${unit}`);
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [label, `${amount(rate)}/s`];
  if (total === null) return fit([label, amount(done), `${amount(rate)}/s`], width);
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  parts.splice(1, 0, `${String(Math.floor(share * 100)).padStart(3)} %`);
  if (rate > 0) parts.push(`ETA ${formatClock((total - done) / rate)}`);
  const room = width - parts.join('  ').length - '  '.length;
  if (room >= shortestBar + 2) parts.splice(1, 0, drawBar(share, Math.min(room, longestBar + 2) - 2, unicode));
  return fit(parts, width);
}

function drawBar(share: number, length: number, unicode: boolean): string {
  const full = Math.round(share * length);
  const [filled, empty] = unicode ? ['█', '░'] : ['#', '.'];
  return `[${filled.repeat(full)}${empty.repeat(length - full)}]`;
}

/** Joins as many of the parts as fit into `width`, from the first. */
function fit(parts: readonly string[], width: number): string {
  for (let count = parts.length; count > 1; count--) {
    const line = parts.slice(0, count).join('  ');
    if (line.length <= width) return line;
  }
  return (parts[0] ?? '').slice(0, Math.max(width, 0));
}
