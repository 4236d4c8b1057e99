import type { Dataset } from '../../data/dataset.js';
import type { RunContents } from '../../experiments/run_contents.js';
import { writeRun } from '../../experiments/write_run.js';
import type { Experiment } from '../../library/experiment.js';
import { prepareExperiment, type Surroundings } from '../../library/prepare_experiment.js';
import { getNumThreads } from '../../model/native.js';
import {
  describeDataset,
  describeDevice,
  describeMetric,
  describePreviews,
} from '../../report/console/describe_run.js';
import { writeReport } from '../../report/html/write_report.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import { commandLineOf } from '../options/command_line.js';
import type { RunSettings } from '../options/output_options.js';
import { noteFinished } from '../standard_streams.js';
import type { Terminal } from '../terminal.js';
import type { LoraDocument, TrainDocument } from '../../storage/run_document.js';
import { formatMetric, formatText, metricTitles } from '../../report/format.js';

/** What the experiments of one process share. */
export interface ExperimentContext extends Pick<Surroundings, 'device' | 'metric'> {
  options: RunSettings;
  dataset: Dataset;
  terminal: Terminal;
  signal: AbortSignal;
}

/**
 * Chooses the device, sets the threads, and says what there is.
 * @throws what `prepareExperiment` throws
 */
export function openContext(
  options: RunSettings,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): ExperimentContext {
  const { device, engine, metric } = prepareExperiment(options, dataset);
  terminal.say(describeDevice(device, engine, options.dtype, getNumThreads()));
  terminal.say(...describeDataset(dataset), ...describePreviews(dataset));
  if (options.metric !== 'accuracy') terminal.say(describeMetric(metric));
  return { options, dataset, device, metric, terminal, signal };
}

/** Returns the experiment of the context. The command began with its process. */
export function experimentOf({ options, dataset, device, signal }: ExperimentContext): Experiment {
  return { settings: options, dataset, device, signal, begun: 0 };
}

/** Writes a run with the command line that it is of. */
export async function writeCommandRun<Document extends TrainDocument | LoraDocument>(
  { signal }: Pick<ExperimentContext, 'signal'>,
  directory: RunDirectory,
  contents: RunContents<Document>,
): Promise<Document> {
  return writeRun(directory, contents, { argv: process.argv.slice(2), signal });
}

/** Writes the report of a run that is complete, unless there is to be none, and says where both are. */
export async function finishRun(
  context: ExperimentContext,
  { run, metric, warnings = [] }: Pick<TrainDocument, 'run' | 'metric' | 'warnings'>,
): Promise<void> {
  noteFinished(run);
  if (metric !== undefined)
    context.terminal.result(`Test ${metricTitles[metric.name]}: ${formatMetric(metric.name, metric.test)}`);
  context.terminal.warn(...warnings.map(({ sentence }) => `Warning: ${sentence}`));
  // The report is there even when nothing can be said any more.
  const report = context.options.report ? await writeReport([run], undefined, commandLineOf) : null;
  context.terminal.say(`Run directory: ${formatText(run)}`);
  if (report !== null) context.terminal.say(`Report: ${formatText(report.path)}`);
}

/** Writes the report of finished runs, unless there is to be none. */
export async function reportRuns(
  { options, terminal }: Pick<ExperimentContext, 'options' | 'terminal'>,
  runs: readonly string[],
  file: string,
): Promise<void> {
  if (!options.report) return;
  const { path } = await writeReport(runs, file, commandLineOf);
  terminal.say(`Report: ${formatText(path)}`);
}
