import { runFullTraining } from '../../experiments/full_training.js';
import type { FullTrainingResult } from '../../experiments/full_training_result.js';
import { saveTrainRun } from '../../experiments/save_run.js';
import { dualCoordinateDescent } from '../../training/optimizer_options.js';
import { describeCalibration, describeFolds } from '../../report/console/folds_and_calibration.js';
import { describeLearningCurve } from '../../report/console/learning_curve.js';
import { logFit } from '../../report/tensorboard.js';
import type { TrainDocument } from '../../storage/run_document.js';
import { finishRun, saveInput, withRunDirectory, type ExperimentContext } from './experiment_context.js';
import { configOf } from '../../settings/config_file.js';
import { describeTest } from '../../report/console/describe_run.js';
import { describeLinear } from '../../report/console/search.js';
import { stopOnInterrupt } from '../interrupt.js';
import { createSearchEvents } from './search_events.js';
import { createEvents } from './training_events.js';

/** Runs the full experiment into a new run directory. */
export async function runTrain(context: ExperimentContext, out: string | undefined): Promise<TrainDocument> {
  const document = await withRunDirectory(out, 'train', async (directory) => {
    const { bags, dataset, device, options, signal } = context;
    const isSearched = options.optimizer === dualCoordinateDescent && options.search !== 'none';
    using stopping = isSearched ? stopOnInterrupt(context.terminal) : null;
    const events = {
      ...createEvents(context, directory),
      ...createSearchEvents(context.terminal, directory, stopping),
    };
    const classes = dataset.classes.length;
    const stop = stopping?.signal;
    const result = await runFullTraining({ bags, dataset, classes, device, options, signal, stop, events });
    try {
      sayOutcome(context, result);
      if (options.tensorboard && result.linear !== undefined) await logFit(directory, result.full);
      const settled = withChosen(context, result);
      if (options.search !== 'none') await directory.writeConfig(configOf(settled.options, 'train'));
      return await saveTrainRun(saveInput(settled, directory), result);
    } finally {
      result.dispose();
    }
  });
  await finishRun(context, document);
  return document;
}

/** Puts what a search chose in the place of what it was given. */
function withChosen(context: ExperimentContext, { linear }: FullTrainingResult): ExperimentContext {
  if (linear === undefined) return context;
  const { dataset, training } = linear;
  const { ngrams, characters, weighting, cost, cleanUp, folds, repeats, search } = training.options;
  const [only, ...others] = weighting;
  const chosen = { ngrams, characters, cost, cleanUp, folds, repeats, search, minCount: dataset.features.minimumCount };
  // Without n-grams of characters their weight is no setting.
  // The most frequent features of fewer kinds are those that were left of them.
  const vocab = context.options.vocab === null ? null : dataset.vocabulary.size;
  const { characterWeight } = characters === null ? { characterWeight: 1 } : context.options;
  return {
    ...context,
    dataset: { ...context.dataset, ...dataset },
    options: {
      ...context.options,
      ...chosen,
      vocab,
      characterWeight,
      weighting: only !== undefined && others.length === 0 ? only : weighting,
      budget: null,
    },
  };
}

function sayOutcome({ terminal }: ExperimentContext, { folds, calibration, linear, full }: FullTrainingResult): void {
  const { style } = terminal;
  if (linear !== undefined) terminal.result(...describeLinear(linear, style), describeTest(full.test, 'fitted'));
  const curve = linear?.training.curve ?? null;
  if (curve !== null) terminal.result(...describeLearningCurve(curve, terminal.width, style));
  if (folds !== null) terminal.result(...describeFolds(folds, style));
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
}
