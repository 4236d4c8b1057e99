import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import type { Layers } from '../../experiments/second_task/learner.js';
import { grid, isAtGridEnd, largestRank } from '../../experiments/second_task/methods.js';
import {
  runSecondTask,
  type MethodResult,
  type SecondTaskEvents,
  type SecondTaskResult,
} from '../../experiments/second_task/second_task.js';
import { createTaskBags, strengths, type TaskBags } from '../../experiments/second_task/task_bags.js';
import { formatCheck } from '../../report/console/checks.js';
import { datasetDocument } from '../../report/documents/documents.js';
import { describeDataset, describeTest, formatHeading } from '../../report/console/describe_run.js';
import {
  describeMethod,
  describeReviews,
  formatSecondTask,
  type SecondTaskDocument,
  type SecondTaskFacts,
  type SecondTaskRow,
} from '../../report/console/second_task.js';
import { describeConclusion } from '../../report/console/second_task_conclusion.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import type { SecondTaskOptions } from '../commands/second_task.js';
import type { Terminal } from '../terminal.js';
import {
  modelDescription,
  openDevice,
  reportRuns,
  runRecord,
  withRunDirectory,
  type Computing,
} from './experiment_context.js';

interface Bench extends Computing {
  options: SecondTaskOptions;
  dataset: Dataset;
  bags: TaskBags;
  facts: SecondTaskFacts;
  terminal: Terminal;
}

/** Runs the experiment into a new run directory: that of the base, with what each method has learned beside it. */
export async function runSecondTaskCommand(
  options: SecondTaskOptions,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<SecondTaskDocument> {
  const computing = openDevice(options, terminal);
  terminal.say(...describeDataset(dataset));
  const layers = layersOf(options, dataset, computing);
  const bags = createTaskBags(dataset, options.labelled);
  const facts = factsOf(options, bags);
  const bench = { ...computing, options, dataset, bags, facts, terminal };
  terminal.say(describeReviews(facts));
  try {
    const document = await withRunDirectory(options.out, 'second-task', async (directory) => {
      const events = createEvents(bench, directory);
      const result = await runSecondTask({ bags, layers, seeds: facts.seeds, signal, events });
      return save(bench, directory, result, signal);
    });
    terminal.say(`Run directory: ${document.run}`);
    await reportRuns(bench, [document.run]);
    sayOutcome(bench, document);
    return document;
  } finally {
    bags.dispose();
  }
}

/** @throws ImdbTorchError ERR_USAGE when they are too small for the ranks */
function layersOf(
  { hidden, dtype }: SecondTaskOptions,
  dataset: Dataset,
  { device, engine }: Computing,
): Layers {
  const vocabularySize = dataset.vocabulary.words.length;
  const smaller = Math.min(hidden, vocabularySize);
  if (smaller >= largestRank) return { vocabularySize, hidden, dtype, device, engine };
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected at least ${largestRank} words and --hidden ${largestRank}, the largest rank that is compared, but the hidden layer is [${hidden}, ${vocabularySize}].`,
  );
}

function factsOf({ seed, seeds, labelled }: SecondTaskOptions, bags: TaskBags): SecondTaskFacts {
  const { valid, test } = bags.strength;
  return {
    classes: strengths,
    base: bags.sentiment.train.length,
    labelled,
    valid: valid.length,
    tested: test.length,
    majority: bags.majority,
    seeds: [seed, ...Array.from({ length: seeds - 1 }, (_, index) => seed + index + 1)],
  };
}

/** Tells what happens to the terminal and to `metrics.jsonl`. */
function createEvents({ terminal }: Bench, directory: RunDirectory): SecondTaskEvents {
  const begun = performance.now();
  return {
    async onBase({ test, seconds }) {
      terminal.result(describeTest(test, 'base'));
      await directory.appendMetrics({ phase: 'base', seconds, test });
    },
    onProgress({ title: label }, done, total) {
      const seconds = (performance.now() - begun) / 1000;
      terminal.progress({ label, done, total, unit: 'trainings', seconds });
    },
    async onMethod(result) {
      terminal.say(
        describeMethod({
          method: result.method.title,
          ...result.chosen,
          atGridEnd: isAtGridEnd(result.chosen),
        }),
      );
      const { method, grid: points, chosen, test } = result;
      await directory.appendMetrics({ phase: method.key, grid: points, chosen, test });
    },
  };
}

async function save(
  { options, dataset, facts, device, engine }: Bench,
  directory: RunDirectory,
  { base, methods, checks }: SecondTaskResult,
  signal: AbortSignal,
): Promise<SecondTaskDocument> {
  await directory.writeVocabulary(dataset.vocabulary);
  const { sha256 } = await directory.writeModel('model', base.module);
  await directory.writeDescription(modelDescription({ options, dataset }));
  for (const { method, kept } of methods) {
    if ('adapter' in kept) {
      const adapter = { ...kept.adapter, classes: facts.classes, baseSha256: sha256 };
      await directory.writeAdapter(adapter, method.key);
    } else await directory.writeModel(method.key, kept.tensors);
  }
  const files = await directory.listFiles();
  const bytesOf = (key: string): number =>
    files.reduce((sum, { name, bytes }) => sum + (/^[^/.]+/.exec(name)?.[0] === key ? bytes : 0), 0);
  const rows = methods.map((result) => rowOf(result, bytesOf(result.method.key)));
  signal.throwIfAborted();
  const document: SecondTaskDocument = {
    schema: 1,
    command: 'experiment second-task',
    ...{ run: directory.path, device, engine, dtype: options.dtype },
    ...datasetDocument(dataset),
    task: facts,
    base: { test: base.test, seconds: base.seconds },
    grid,
    methods: rows,
    checks,
    conclusion: describeConclusion(rows, facts),
    seconds: { data: dataset.seconds, total: performance.now() / 1000 },
  };
  await directory.writeRun(runRecord({ options, dataset }, { ...document, files }));
  return document;
}

function rowOf(result: MethodResult, bytes: number): SecondTaskRow {
  const { method, chosen, test, trainable, secondsPerEpoch, seconds, grid: points } = result;
  const { title, rank, start, trainsHidden } = method;
  const facts = { method: title, rank, start, trainsHidden, trainable, bytes };
  return {
    ...facts,
    ...chosen,
    atGridEnd: isAtGridEnd(chosen),
    test,
    secondsPerEpoch,
    seconds,
    grid: points,
  };
}

function sayOutcome({ terminal, facts }: Bench, { methods, checks, conclusion }: SecondTaskDocument): void {
  const { style } = terminal;
  terminal.say(formatHeading('Checks', style));
  terminal.result(...checks.map((check) => formatCheck(check, style)));
  terminal.say(formatHeading('Is the opinion strong?', style));
  terminal.result(...formatSecondTask(methods, facts, style), conclusion);
}
