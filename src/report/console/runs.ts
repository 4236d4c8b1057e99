import type { RunDocument } from '../../storage/run_document.js';
import { isBetter, type MetricName } from '../../training/metric_names.js';
import { formatLoss, formatMetric, formatSeconds, formatShare, metricTitles } from '../format.js';
import type { LineStyle } from './line_style.js';
import { formatTable } from './table.js';

/** The headline figures of a run. */
export interface RunSummary {
  name: string;
  command: string | null;
  data: string | null;
  test: { loss: number; accuracy: number } | null;
  epochs: number | null;
  seconds: number | null;
  /** The metric that was asked for, on the test reviews; null where the run does not say. */
  metric?: { name: MetricName; test: number | null };
}

/**
 * @param document null where the run is not complete
 * @param metric the one that is asked for
 */
export function summarizeRun(name: string, document: RunDocument | null, metric?: MetricName): RunSummary {
  const phase = document?.lora ?? document;
  return {
    name,
    command: document?.command ?? null,
    data: document?.data?.source ?? null,
    test: testOf(document),
    epochs: phase?.epochs?.length ?? null,
    seconds: document?.seconds?.total ?? null,
    ...(metric && { metric: { name: metric, test: metricIn(document, metric) } }),
  };
}

/** Returns a metric on the test reviews, of the model as commands use it; null where the run does not say. */
function metricIn(document: RunDocument | null, name: MetricName): number | null {
  const { metric, evaluation, calibration, options } = document ?? {};
  const test = testOf(document);
  if (metric?.name === name) return metric.test;
  if (name === 'accuracy') return test?.accuracy ?? null;
  if (name === 'macro-f1') return evaluation?.macro.f1 ?? null;
  if (name === 'roc-auc') return evaluation?.rocAuc ?? null;
  // The softmax loss is another one.
  return calibration !== undefined || options?.loss === 'logits' ? (test?.loss ?? null) : null;
}

/** Puts the runs with the best metric first, and those without one last. */
export function bestFirst(runs: readonly RunSummary[], name: MetricName): RunSummary[] {
  const valueOf = ({ metric }: RunSummary): number | null => metric?.test ?? null;
  return runs.toSorted((a, b) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return one === other ? 0 : isBetter(name, one, other) ? -1 : 1;
  });
}

/** Returns how commands find the model on the test reviews: with calibrated probabilities where it has them. */
function testOf(document: RunDocument | null): RunSummary['test'] {
  const { calibration, lora, test } = document ?? {};
  if (calibration === undefined) return lora?.test ?? test ?? null;
  const { accuracy, logLoss } = calibration.test.after;
  return { loss: logLoss, accuracy };
}

/** Keep tables within 80 columns. */
const longestName = 22;
const longestSetting = 19;

export function formatRuns(runs: readonly RunSummary[], style: LineStyle): string {
  const [first] = runs;
  const further = first?.metric === undefined || first.metric.name === 'accuracy' ? null : first.metric.name;
  const titles = ['run', 'command', 'epochs', 'loss', 'accuracy', ...(further ? [metricTitles[further]] : []), 'time'];
  const rows = runs.map(({ name, command, test, epochs, seconds, metric }) => [
    shortenStart(name, longestName),
    command ?? 'not complete',
    epochs === null ? '-' : String(epochs),
    test === null ? '-' : formatLoss(test.loss),
    test === null ? '-' : formatShare(test.accuracy),
    ...(further ? [metric?.test == null ? '-' : formatMetric(further, metric.test)] : []),
    seconds === null ? '-' : formatSeconds(seconds),
  ]);
  return formatTable(titles, rows, style);
}

/** A value that two runs do not have in common; undefined: only the other has it. */
interface Difference {
  name: string;
  a: unknown;
  b: unknown;
}

/** The fields that decide a run's numbers, by their paths. */
export function recordedSettings(document: RunDocument): Map<string, unknown> {
  const { command, device, engine, dtype, options, data, vocabulary, versions } = document;
  return flatten({ command, device, engine, dtype, options, data, vocabulary, versions });
}

/** The losses and accuracies of a run, and how long it took. Of two phases, those of the last one come first. */
export function figuresOf(document: RunDocument): Map<string, unknown> {
  const { pretrain, base, merged, calibration, metric, seconds } = document;
  const { before, epochs, test } = document.lora ?? document;
  const last = epochs?.at(-1);
  const figures = flatten({
    before,
    'last epoch': { train: last?.train, valid: last?.valid },
    test,
    calibrated: { test: calibration?.test.after },
    ...(metric && { [metric.name]: { test: metric.test } }),
    pretrain: { test: pretrain?.test },
    base: { test: base?.test },
    merged,
    seconds,
  });
  return new Map([...figures].filter(([, value]) => typeof value === 'number'));
}

export function differencesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Difference[] {
  const shown = (value: unknown): unknown => (Array.isArray(value) ? JSON.stringify(value) : value);
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name) => ({ name, a: shown(a.get(name)), b: shown(b.get(name)) }))
    .filter((difference) => difference.a !== difference.b);
}

interface FigurePair {
  name: string;
  a: number | null;
  b: number | null;
}

export function pairFigures(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): FigurePair[] {
  const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => ({
    name,
    a: numberOf(a.get(name)),
    b: numberOf(b.get(name)),
  }));
}

export function formatDifferences(differences: readonly Difference[], style: LineStyle): string {
  const shown = (value: unknown): string =>
    value === undefined ? '-' : shortenStart(typeof value === 'string' ? value : JSON.stringify(value), longestSetting);
  const rows = differences.map(({ name, a, b }) => [name, shown(a), shown(b)]);
  return formatTable(['setting', 'A', 'B'], rows, style);
}

export function formatFigures(figures: readonly FigurePair[], style: LineStyle): string {
  const rows = figures.map(({ name, a, b }) => {
    const difference = a === null || b === null ? '-' : `${b >= a ? '+' : ''}${formatDifference(name, b - a)}`;
    return [name, a === null ? '-' : formatFigure(name, a), b === null ? '-' : formatFigure(name, b), difference];
  });
  return formatTable(['figure', 'A', 'B', 'B - A'], rows, style);
}

function formatFigure(name: string, value: number): string {
  if (name.endsWith('accuracy')) return formatShare(value);
  if (name.startsWith('seconds')) return `${value.toFixed(2)} s`;
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** Accuracies differ by percentage points. */
function formatDifference(name: string, value: number): string {
  return name.endsWith('accuracy') ? `${(100 * value).toFixed(2)} points` : formatFigure(name, value);
}

/** The leaves of a document by their paths, such as `options.seed`; lists are leaves. */
function flatten(value: object, prefix = ''): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (typeof field === 'object' && field !== null && !Array.isArray(field)) {
      for (const [path, leaf] of flatten(field, `${prefix}${name}.`)) leaves.set(path, leaf);
    } else if (field !== undefined) {
      leaves.set(`${prefix}${name}`, field);
    }
  }
  return leaves;
}

/** The end of a path says most. */
function shortenStart(text: string, most: number): string {
  return text.length > most ? `...${text.slice(3 - most)}` : text;
}
