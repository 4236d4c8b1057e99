import type { Dataset } from '../../data/dataset.js';
import { chooseDevice } from '../../experiments/device.js';
import { chooseEngine } from '../../model/classifier_model.js';
import { getNumThreads, setNumThreads, versions, type Device, type Engine } from '../../model/native.js';
import { formatCurve } from '../../report/console/curve.js';
import {
  describeDataset,
  describeDevice,
  describeParameters,
  describePreviews,
  describeBefore,
  describeEpoch,
  describeExpectedLoss,
  describeMeanEpoch,
  describeTest,
  formatHeading,
} from '../../report/console/describe_run.js';
import type { RunFacts } from '../../report/documents/documents.js';
import { writeReport } from '../../report/html/write_report.js';
import type { ModelDescription } from '../../storage/model_description.js';
import { createRunDirectory, type RunDirectory } from '../../storage/run_directory.js';
import type { EpochResult } from '../../training/loop.js';
import type { Phase, PhaseEvents, Tested } from '../../training/phase.js';
import { createSplitBags, type SplitBags } from '../../training/split_bags.js';
import { commandLineOf } from '../options/command_line.js';
import type { RunSettings } from '../options/output_options.js';
import { throwProblems } from '../options/option.js';
import { recordSettings } from '../options/settings.js';
import { packageVersion } from '../../setup/package_root.js';
import type { Terminal } from '../terminal.js';

/** Where and how to compute. */
interface Computing {
  device: Device;
  engine: Engine;
}

/** What the experiments of one process share. `dispose` frees the bags. */
export interface Workbench extends Computing {
  options: RunSettings;
  dataset: Dataset;
  bags: SplitBags;
  terminal: Terminal;
  signal: AbortSignal;
  dispose(): void;
}

/** Chooses the device, and says what there is. */
export function openWorkbench(
  options: RunSettings,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): Workbench {
  checkSizes(options, dataset);
  const computing = openDevice(options, terminal);
  terminal.say(...describeDataset(dataset), ...describePreviews(dataset));
  const bags = createSplitBags(dataset);
  const dispose = (): void => {
    bags.dispose();
  };
  return { ...computing, options, dataset, bags, terminal, signal, dispose };
}

/** Chooses the device and the engine, sets the threads, and says so. */
function openDevice(options: RunSettings, terminal: Terminal): Computing {
  const device = chooseDevice(options.device);
  const engine = chooseEngine(options.engine, device, options);
  if (options.threads !== null) setNumThreads(options.threads);
  terminal.say(describeDevice(device, engine, options.dtype, getNumThreads()));
  return { device, engine };
}

/** What can only be judged with the reviews at hand. @throws ImdbTorchError ERR_USAGE */
function checkSizes({ rank, hidden, target }: RunSettings, { vocabulary, classes }: Dataset): void {
  const { size: words } = vocabulary;
  const problems: string[] = [];
  if (target.includes('fc1') && rank > words) {
    problems.push(
      `Expected --rank to be at most ${words}, the number of words in these reviews, but received ${rank}.`,
    );
  }
  const most = Math.min(hidden, classes.length);
  if (target.includes('fc2') && rank > most) {
    problems.push(
      `Expected --rank to be at most ${most}, the smaller side of fc2 (${hidden} units x ${classes.length} classes), ` +
        `but received ${rank}; choose a smaller one, or --target fc1.`,
    );
  }
  throwProblems(problems);
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

/** Writes the report of finished runs, unless there is to be none. */
export async function reportRuns(
  { options, terminal }: Pick<Workbench, 'options' | 'terminal'>,
  runs: readonly string[],
  file?: string,
): Promise<void> {
  if (!options.report) return;
  const { path } = await writeReport(runs, file, commandLineOf);
  terminal.say(`Report: ${path}`);
}

export function runFacts(bench: Workbench, directory: RunDirectory): RunFacts {
  const { options, dataset, device, engine } = bench;
  const { path: run } = directory;
  return { run, device, engine, dtype: options.dtype, dataset, totalSeconds: performance.now() / 1000 };
}

/** What `model.json` keeps. @param base SHA-256 of the model that was fine-tuned, where it was */
export function modelDescription(
  { options, dataset }: Pick<Workbench, 'options' | 'dataset'>,
  base?: string,
): ModelDescription {
  const { classes, features } = dataset;
  return {
    schema: 1,
    classes,
    features,
    hidden: options.hidden,
    output: classes.length,
    calibration: null,
    ...(base === undefined ? {} : { base }),
  };
}

/** What `run.json` keeps beside the document that `--json` prints. */
export function runRecord(
  { options, dataset }: Pick<Workbench, 'options' | 'dataset'>,
  document: object,
): object {
  return {
    ...document,
    argv: process.argv.slice(2),
    options: recordSettings(options, {
      location: dataset.source.location,
      validationSize: dataset.splits.valid.labels.length,
    }),
    seed: options.seed,
    versions: { 'imdb-torch': packageVersion(), node: process.versions.node, ...versions() },
  };
}

const headings: Readonly<Record<Phase, string>> = {
  full: 'Full training',
  fold: 'Training without a fold',
  refit: 'Training on all training reviews',
  pretrain: 'Pretraining',
  lora: 'LoRA fine-tuning',
};

const testTitles: Readonly<Record<Tested, string>> = {
  full: 'fully trained',
  refit: 'refitted',
  pretrain: 'pretrained',
  lora: 'fine-tuned',
  base: 'base',
  merged: 'merged',
};

/** Tells what happens to the terminal and to `metrics.jsonl`. */
export function createEvents(bench: Workbench, directory: RunDirectory): PhaseEvents {
  const { terminal, options, dataset } = bench;
  let epochs: EpochResult[] = [];
  return {
    onPhase(phase, parameters) {
      epochs = [];
      terminal.say(formatHeading(headings[phase], terminal.style), describeParameters(parameters));
      if (phase !== 'lora') terminal.say(describeExpectedLoss(dataset.classes.length));
    },
    async onBefore(phase, train) {
      terminal.say(describeBefore(train));
      await directory.appendMetrics({ phase, epoch: 0, train });
    },
    onProgress(_phase, { epoch, epochs: count, done, total, seconds }) {
      terminal.progress({ label: `Epoch ${epoch}/${count}`, done, total, unit: 'reviews', seconds });
    },
    async onEpoch(phase, result) {
      epochs.push(result);
      const count = { pretrain: 1, lora: options.loraEpochs }[phase as string] ?? options.epochs;
      terminal.say(describeEpoch(result, count));
      await directory.appendMetrics({ phase, ...result });
    },
    async onTest(phase, test) {
      if (phase !== 'merged' && phase !== 'base' && epochs.length > 0) {
        const accuracies = epochs.map(({ valid }) => valid.accuracy);
        const { width, style } = terminal;
        terminal.say(...formatCurve('Validation accuracy by epoch:', accuracies, width, style));
        terminal.say(describeMeanEpoch(epochs));
      }
      terminal.result(describeTest(test, testTitles[phase]));
      await directory.appendMetrics({ phase, test });
    },
  };
}
