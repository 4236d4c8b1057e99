import type { Dataset } from '../../data/dataset.js';
import { chooseMetric, type ChosenMetric } from '../../experiments/choose_metric.js';
import { chooseDevice } from '../../experiments/device.js';
import type { SaveRunInput } from '../../experiments/save_run.js';
import { chooseEngine } from '../../model/classifier_model.js';
import { getNumThreads, setNumThreads, type Device } from '../../model/native.js';
import {
  describeDataset,
  describeDevice,
  describeMetric,
  describePreviews,
} from '../../report/console/describe_run.js';
import { writeReport } from '../../report/html/write_report.js';
import { createRunDirectory, type RunDirectory } from '../../storage/run_directory.js';
import { classWeightsOf } from '../../training/class_weights.js';
import { createSplitBags, type SplitBags } from '../../training/split_bags.js';
import { commandLineOf } from '../options/command_line.js';
import type { RunSettings } from '../options/output_options.js';
import { recordSettings } from '../../settings/settings.js';
import { noteFinished } from '../standard_streams.js';
import type { Terminal } from '../terminal.js';
import type { TrainDocument } from '../../storage/run_document.js';
import { formatMetric, formatText, metricTitles } from '../../report/format.js';

/** What the experiments of one process share. `dispose` frees the bags. */
export interface ExperimentContext {
  options: RunSettings;
  dataset: Dataset;
  bags: SplitBags;
  device: Device;
  /** The metric that the run goes by. */
  metric: ChosenMetric;
  terminal: Terminal;
  signal: AbortSignal;
  dispose(): void;
}

/**
 * Chooses the device, sets the threads, and says what there is.
 * @throws ImdbTorchError ERR_USAGE for a weight of no class; what `chooseDevice` throws
 */
export function openContext(
  options: RunSettings,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): ExperimentContext {
  classWeightsOf(options.classWeight, dataset.splits.train.labels, dataset.classes);
  const device = chooseDevice(options);
  const engine = chooseEngine(options.engine, device, options);
  if (options.threads !== null) setNumThreads(options.threads);
  terminal.say(describeDevice(device, engine, options.dtype, getNumThreads()));
  terminal.say(...describeDataset(dataset), ...describePreviews(dataset));
  const metric = chooseMetric(options.metric, dataset.splits.train.labels, dataset.classes.length);
  if (options.metric !== 'accuracy') terminal.say(describeMetric(metric));
  const bags = createSplitBags(dataset);
  const dispose = (): void => {
    bags.dispose();
  };
  return { options, dataset, bags, device, metric, terminal, signal, dispose };
}

/** Makes a run directory for `work`, and removes it again when that fails. */
export async function withRunDirectory<T>(
  out: string | undefined,
  command: string,
  work: (directory: RunDirectory) => Promise<T>,
): Promise<T> {
  const directory = await createRunDirectory({ ...(out === undefined ? {} : { out }), command });
  try {
    return await work(directory);
  } catch (error) {
    await directory.discard();
    throw error;
  }
}

/** Returns what a run of the command line is saved with. */
export function saveInput(context: ExperimentContext, directory: RunDirectory): SaveRunInput {
  const { options, dataset, device, signal } = context;
  const recordedOptions = recordSettings(options, {
    location: dataset.source.location,
    validationSize: dataset.splits.valid.labels.length,
  });
  return { directory, dataset, device, options, argv: process.argv.slice(2), recordedOptions, signal };
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
