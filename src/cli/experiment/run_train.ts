import type { FullTrainingResult } from '../../experiments/full_training_result.js';
import { runTrain } from '../../library/experiment.js';
import { dualCoordinateDescent } from '../../training/optimizer_options.js';
import { describeCalibration, describeFolds } from '../../report/console/folds_and_calibration.js';
import { describeLearningCurve } from '../../report/console/learning_curve.js';
import type { TrainDocument } from '../../storage/run_document.js';
import { experimentOf, finishRun, writeCommandRun, type ExperimentContext } from './experiment_context.js';
import { describeTest } from '../../report/console/describe_run.js';
import { describeLinear } from '../../report/console/search.js';
import { stopOnInterrupt } from '../interrupt.js';
import { withRunDirectory } from '../../storage/run_directory.js';
import { runEvents } from './run_events.js';

/** Runs the full experiment into a new run directory. */
export async function runTrainCommand(context: ExperimentContext, out: string | undefined): Promise<TrainDocument> {
  const document = await withRunDirectory({ out, command: 'train' }, async (directory) => {
    const { options, terminal } = context;
    const isSearched = options.optimizer === dualCoordinateDescent && options.search !== 'none';
    using stopping = isSearched ? stopOnInterrupt(terminal) : null;
    const events = runEvents(context, directory, stopping);
    const contents = await runTrain({ ...experimentOf(context), stop: stopping?.signal, events }, (result) => {
      sayOutcome(context, result);
    });
    return await writeCommandRun(context, directory, contents);
  });
  await finishRun(context, document);
  return document;
}

function sayOutcome({ terminal }: ExperimentContext, { folds, calibration, linear, full }: FullTrainingResult): void {
  const { style } = terminal;
  if (linear !== undefined) terminal.result(...describeLinear(linear, style), describeTest(full.test, 'fitted'));
  const curve = linear?.training.curve ?? null;
  if (curve !== null) terminal.result(...describeLearningCurve(curve, terminal.width, style));
  if (folds !== null) terminal.result(...describeFolds(folds, style));
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
}
