import { runFullTraining, type FullTrainingResult } from '../../experiments/full_training.js';
import { saveTrainRun } from '../../experiments/save_run.js';
import { describeCalibration, describeFolds } from '../../report/console/folds_and_calibration.js';
import type { TrainDocument } from '../../storage/run_document.js';
import { finishRun, saveInput, withRunDirectory, type ExperimentContext } from './experiment_context.js';
import { createEvents } from './training_events.js';

/** Runs the full experiment into a new run directory. */
export async function runTrain(context: ExperimentContext, out: string | undefined): Promise<TrainDocument> {
  const document = await withRunDirectory(out, 'train', async (directory) => {
    const { bags, dataset, device, options, signal } = context;
    const events = createEvents(context, directory);
    const classes = dataset.classes.length;
    const result = await runFullTraining({ bags, dataset, classes, device, options, signal, events });
    try {
      sayOutcome(context, result);
      return await saveTrainRun(saveInput(context, directory), result);
    } finally {
      result.dispose();
    }
  });
  await finishRun(context, document);
  return document;
}

function sayOutcome({ terminal }: ExperimentContext, { folds, calibration }: FullTrainingResult): void {
  const { style } = terminal;
  if (folds !== null) terminal.result(...describeFolds(folds, style));
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
}
