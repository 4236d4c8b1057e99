import { analyzeModel } from '../../experiments/model_analysis.js';
import { runFullTraining, type FullTrainingResult } from '../../experiments/full_training.js';
import { trainDocument, type TrainDocument } from '../../report/documents/documents.js';
import { describeCalibration, describeFolds } from '../../report/console/folds_and_calibration.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import {
  createEvents,
  modelDescription,
  reportRuns,
  runFacts,
  runRecord,
  withRunDirectory,
  type Workbench,
} from './experiment_context.js';

/** Runs the full experiment into a new run directory. */
export async function runTrain(bench: Workbench, out: string | undefined): Promise<TrainDocument> {
  const document = await withRunDirectory(out, 'train', async (directory) => {
    const { bags, dataset, device, options, signal, terminal } = bench;
    const events = createEvents(bench, directory);
    const classes = dataset.classes.length;
    const result = await runFullTraining({ bags, dataset, classes, device, options, signal, events });
    try {
      sayOutcome(bench, result);
      const saved = await save(bench, directory, result);
      terminal.say(`Run directory: ${directory.path}`);
      return saved;
    } finally {
      result.dispose();
    }
  });
  await reportRuns(bench, [document.run]);
  return document;
}

function sayOutcome({ terminal }: Workbench, { folds, calibration }: FullTrainingResult): void {
  const { style } = terminal;
  if (folds !== null) terminal.result(...describeFolds(folds, style));
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
}

async function save(
  bench: Workbench,
  directory: RunDirectory,
  result: FullTrainingResult,
): Promise<TrainDocument> {
  const { dataset, signal } = bench;
  const { module, calibration } = result;
  const { vocabulary } = dataset;
  const description = { ...modelDescription(bench), calibration: calibration?.calibration ?? null };
  await directory.writeVocabulary(vocabulary);
  await directory.writeModel('model', module);
  await directory.writeDescription(description);
  const model = { description, vocabulary, tensors: module };
  const test = { bags: result.test, labels: dataset.splits.test.labels };
  const analysis = await analyzeModel({ model, adapter: null, ...test, signal });
  const files = await directory.listFiles();
  signal.throwIfAborted();
  const document = { ...trainDocument(runFacts(bench, directory), result), ...analysis, files };
  await directory.writeRun(runRecord(bench, document));
  return document;
}
