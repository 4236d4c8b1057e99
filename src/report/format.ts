import type { MetricName } from '../training/metric_names.js';
import type { Metrics } from '../training/evaluation.js';

/** Control characters, and those that turn the direction of what follows: they could pass for lines, columns or colours. */
// eslint-disable-next-line no-control-regex -- what a text does to a terminal is what is to be kept out
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const shortEscapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Shows a text of others, such as a label or the name of a file, as a part of a line: control characters are escaped. */
export function formatText(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return shortEscapes[character] ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`);
  });
}

/** Escapes what `formatText` does but line feeds and, where there are colours, those of `LineStyle`. */
export function formatLines(lines: string, colour: boolean): string {
  // eslint-disable-next-line no-control-regex -- the sequences that `styleText` makes
  const pieces = lines.split(colour ? /(\n|\u001b\[(?:1|22|3[129])m)/ : /(\n)/);
  return pieces.map((piece, index) => (index % 2 === 0 ? formatText(piece) : piece)).join('');
}

/** 4000602 -> 4,000,602 */
export function formatCount(count: number): string {
  // The first `toLocaleString` takes 30 ms.
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.86804 -> 86.80 % */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** The most classes that tables show; of more they show the weakest, and the pairs that are confused most. */
export const mostTabledClasses = 20;

/** 0.4454519 -> 0.4455 */
export function formatLoss(loss: number): string {
  return loss.toFixed(4);
}

/** Three significant digits below ten seconds: 0.0871 s, 3.27 s, 59.1 s, 140 s. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(3)} s`;
  return `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`;
}

/** 83 -> 1:23; 3700 -> 1:01:40 */
export function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const pad = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** 28400000 -> 28.4 MB */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A value of a parameter: as many digits as tell two trainings apart. */
export function formatValue(value: number): string {
  return value.toFixed(6);
}

export function formatMetrics({ loss, accuracy }: Metrics): string {
  return `loss ${formatLoss(loss)} accuracy ${formatShare(accuracy)}`;
}

/** The names of metrics in sentences and tables. */
export const metricTitles: Readonly<Record<MetricName, string>> = {
  accuracy: 'accuracy',
  'macro-f1': 'macro-F1',
  'log-loss': 'log loss',
  'roc-auc': 'ROC-AUC',
};

/** Shows a value of a metric: shares in per cent, log loss and the area under the ROC curve as numbers. */
export function formatMetric(name: MetricName, value: number): string {
  return name === 'log-loss' || name === 'roc-auc' ? formatLoss(value) : formatShare(value);
}

/** Names that may be too many for a line: the first ones, and how many more there are. */
export function formatNames(names: readonly string[], most = 12): string {
  const more = names.length - most;
  return names.slice(0, most).map(formatText).join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}
