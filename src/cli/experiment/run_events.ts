import { joinEvents, type ExperimentEvents } from '../../experiments/experiment_events.js';
import { recordingEvents } from '../../experiments/recording_events.js';
import { tensorboardEvents } from '../../report/tensorboard.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import type { ExperimentContext } from './experiment_context.js';
import { createSearchEvents } from './search_events.js';
import { createEvents } from './training_events.js';

/**
 * Reports what happens in an experiment to the terminal, to the files of the run that are written meanwhile and, where that is
 * asked for, to TensorBoard.
 * @param stopping what Ctrl-C ends as long as a search goes on; null: nothing but the command
 */
export function runEvents(
  context: ExperimentContext,
  directory: RunDirectory,
  stopping: { end(): void } | null,
): ExperimentEvents {
  const { options, terminal } = context;
  return joinEvents(
    createEvents(context),
    createSearchEvents(terminal, stopping),
    recordingEvents({
      onMetrics: (record) => directory.appendMetrics(record),
      onTried: (record) => directory.appendTried(record),
    }),
    options.tensorboard ? tensorboardEvents(directory, options) : {},
  );
}
