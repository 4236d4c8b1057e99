import type { Metrics } from '../../training/metrics.js';
import type { Check, LineStyle } from './checks.js';
import type { ExperimentDocument } from '../documents/documents.js';
import { formatBytes, formatCount, formatSeconds, formatShare } from '../format.js';
import { summarize } from './seeds.js';
import { formatTable } from './table.js';

/** One method's row of the table: how well it learned the second task, and what that took. */
export interface SecondTaskRow {
  method: string;
  /** Of a LoRA branch; null without one. */
  rank: number | null;
  /** Whether the weights of the hidden layer were trained, and from which start. */
  start: 'base' | 'new';
  trainsHidden: boolean;
  /** What was chosen on validation. */
  learningRate: number;
  epochs: number;
  /** Whether that is at an end of the grid, so that there may be better ones beyond. */
  atGridEnd: boolean;
  /** Accuracies with that, one a seed. */
  valid: number[];
  test: number[];
  trainable: number;
  /** Of the files that have to be kept beside the base. */
  bytes: number;
  /** Means over the seeds: of an epoch, and of the training with what was chosen. */
  secondsPerEpoch: number;
  seconds: number;
  /** All that it was chosen from, with accuracies on validation. */
  grid: { learningRate: number; epochs: number; valid: number[] }[];
}

/** What the rows have in common. */
export interface SecondTaskFacts {
  /** Of the second task. */
  classes: readonly string[];
  /** Reviews that the base was trained on, that the second task was learned from, chosen on and tested on. */
  base: number;
  labelled: number;
  valid: number;
  tested: number;
  /** The larger class, and the share of the test reviews that are in it. */
  majority: { readonly name: string; readonly share: number };
  seeds: readonly [number, ...number[]];
}

/** What `experiment second-task --json` prints. */
export interface SecondTaskDocument extends ExperimentDocument {
  task: SecondTaskFacts;
  base: { test: Metrics; seconds: number };
  grid: { learningRates: readonly number[]; epochs: readonly number[] };
  methods: SecondTaskRow[];
  checks: Check[];
  conclusion: string;
  seconds: { data: number; total: number };
}

export function describeReviews({ base, labelled, valid, tested }: SecondTaskFacts): string {
  const [forBase, forTask, held] = [base, labelled, valid].map(formatCount);
  return `Second task: is the opinion strong (1, 2, 9 or 10 stars)? ${forBase} reviews for the base, ${forTask} others to learn it from, ${held} to choose on, ${formatCount(tested)} to test.`;
}

/** How a method came out on validation. */
export function describeMethod({
  method,
  learningRate,
  epochs,
  atGridEnd,
  valid,
}: Pick<SecondTaskRow, 'method' | 'learningRate' | 'epochs' | 'atGridEnd' | 'valid'>): string {
  const { mean } = summarize(valid);
  const rounds = epochs === 1 ? '1 epoch' : `${epochs} epochs`;
  const end = atGridEnd ? ', an end of the grid' : '';
  return `${method}: learning rate ${learningRate}, ${rounds}${end} (${formatShare(mean)} on validation)`;
}

/** The table of the experiment, with what its columns are. */
export function formatSecondTask(
  rows: readonly SecondTaskRow[],
  { majority, seeds }: SecondTaskFacts,
  style: LineStyle,
): string[] {
  const titles = ['method', 'accuracy', 'trained', 'on disk', 'epoch', 'total'];
  const cells = rows.map(({ method, test, trainable, bytes, secondsPerEpoch, seconds }) => [
    method,
    formatSpread(test),
    formatCount(trainable),
    formatBytes(bytes),
    formatSeconds(secondsPerEpoch),
    formatSeconds(seconds),
  ]);
  cells.unshift([`always "${majority.name}"`, formatShare(majority.share), '0', '-', '-', '-']);
  return [
    formatTable(titles, cells, style),
    `Accuracy on the test reviews: mean${seeds.length > 1 ? ` and standard deviation of ${seeds.length} seeds` : ''}; parameters that are trained;`,
    'files to keep beside the base; seconds of an epoch and of the training with what was chosen.',
  ];
}

/** 69.23 ± 0.31 % */
function formatSpread(accuracies: readonly number[]): string {
  const { mean, standardDeviation } = summarize(accuracies);
  if (accuracies.length === 1) return formatShare(mean);
  return `${(100 * mean).toFixed(2)} ± ${formatShare(standardDeviation)}`;
}
