import { basename } from 'node:path';
import type { Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import { describeComparison } from '../../report/console/paired_comparison.js';
import {
  differencesOf,
  figuresOf,
  formatDifferences,
  formatFigures,
  pairFigures,
  recordedSettings,
} from '../../report/console/runs.js';
import { formatText } from '../../report/format.js';
import { choice, flag, optional } from '../../settings/kinds.js';
import { readRunDocument } from '../../storage/read_run.js';
import { metricNames, type MetricName } from '../../training/metric_names.js';
import type { PairedComparison } from '../../training/paired_comparison.js';
import { interruptSignal } from '../interrupt.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { json } from '../options/output_options.js';
import { Terminal } from '../terminal.js';
import type { NamedRun } from '../../library/same_data.js';
import { predictTest, whyOtherData, whyUnpaired, type TestPredictions } from '../trained_model/test_predictions.js';

const options = {
  metric: {
    kind: optional(choice(metricNames)),
    help: 'compare the models by this metric of the test reviews as well',
    usual: 'those that the runs go by',
  },
  test: {
    kind: flag,
    default: true,
    help: 'have the models predict the test reviews again',
    not: 'compare what is written only, without the models and their test reviews',
  },
  ...json,
} as const;

export function defineCompare(command: Command): void {
  command
    .description(
      'the settings in which runs differ, their figures, and whether one model is better by more than chance',
    )
    .argument('<a>', 'run directory')
    .argument('<b...>', 'run directories, each of which is compared with the first');
  addOptions(command, options).action(compareRuns);
}

/** What two runs differ in. */
interface Comparison {
  settings: ReturnType<typeof differencesOf>;
  figures: ReturnType<typeof pairFigures>;
  /** Null where the models cannot be compared, or are not to be. */
  test: PairedComparison | null;
  /** Why they cannot. */
  because?: string;
}

async function compareRuns(a: string, others: readonly string[], _raw: RawOptions, command: Command): Promise<void> {
  // Of this command or of the one that it belongs to, which has some of them too.
  const given = readOptions(options, command.optsWithGlobals<RawOptions>());
  const terminal = new Terminal({ ...given, quiet: false });
  const signal = interruptSignal();
  const [first, ...rest] = await Promise.all(
    [a, ...others].map(async (path): Promise<NamedRun> => ({ path, run: await readRunDocument(path) })),
  );
  if (first === undefined) return;
  const predict = given.test ? once((path) => predictTest(path, terminal, signal)) : null;
  const documents: object[] = [];
  for (const other of rest) {
    const tested = predict === null ? { test: null } : await compareOnTest(first, other, given.metric, predict, signal);
    const comparison = { ...compareRecords(first, other), ...tested };
    if (!given.json) terminal.result(...describe(first, other, comparison, terminal));
    documents.push({ a: basename(a), b: basename(other.path), ...comparison });
  }
  const [only] = documents;
  const document = documents.length === 1 ? only : { comparisons: documents };
  terminal.document({ schema: 1, command: 'runs compare', ...document });
}

/** Keeps what was made for the first path that was asked for, which is asked for again and again. */
function once(predict: (path: string) => Promise<TestPredictions>): (path: string) => Promise<TestPredictions> {
  let kept: { path: string; made: Promise<TestPredictions> } | null = null;
  return (path) => {
    kept ??= { path, made: predict(path) };
    return kept.path === path ? kept.made : predict(path);
  };
}

function compareRecords({ run: a }: NamedRun, { run: b }: NamedRun): Pick<Comparison, 'settings' | 'figures'> {
  return {
    settings: differencesOf(recordedSettings(a), recordedSettings(b)),
    figures: pairFigures(figuresOf(a), figuresOf(b)),
  };
}

/** Compares two models on the test reviews that they have in common, or says why not. */
async function compareOnTest(
  a: NamedRun,
  b: NamedRun,
  metric: MetricName | undefined,
  predict: (path: string) => Promise<TestPredictions>,
  signal: AbortSignal,
): Promise<Pick<Comparison, 'test' | 'because'>> {
  const refused = whyOtherData(a, b);
  if (refused !== null) return { test: null, because: refused };
  try {
    const [first, second] = [await predict(a.path), await predict(b.path)];
    const because = whyUnpaired(first, second);
    if (because !== null) return { test: null, because };
    const { comparePredictions, usualBootstrap } = await import('../../training/paired_comparison.js');
    const names = [metric, a.run.metric?.name, b.run.metric?.name].filter((name) => name !== undefined);
    const metrics = new Set<MetricName>(['accuracy', ...names]);
    return {
      test: await comparePredictions(first.predictions, second.predictions, [...metrics], usualBootstrap, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    // What is written of the runs can be compared all the same.
    if (!(error instanceof ImdbTorchError)) throw error;
    return { test: null, because: `The models are not compared: ${error.message}` };
  }
}

function describe(
  a: NamedRun,
  b: NamedRun,
  { settings, figures, test, because }: Comparison,
  terminal: Terminal,
): string[] {
  const { style } = terminal;
  return [
    `A: ${formatText(a.path)}`,
    `B: ${formatText(b.path)}`,
    settings.length === 0 ? 'They have the same settings.' : formatDifferences(settings, style),
    formatFigures(figures, style),
    ...(test === null ? [] : describeComparison(test, style)),
    ...(because === undefined ? [] : [formatText(because)]),
  ];
}
