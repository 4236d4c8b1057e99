import type { Dataset } from '../data/dataset.js';
import { runFullTraining } from '../experiments/full_training.js';
import type { FullTrainingResult } from '../experiments/full_training_result.js';
import type { ExperimentEvents } from '../experiments/experiment_events.js';
import { trainContents, type RunContents, type RunInput } from '../experiments/run_contents.js';
import type { Device } from '../model/native.js';
import { configOf } from '../settings/config_file.js';
import { recordSettings, type ExperimentSettings } from '../settings/settings.js';
import type { TrainDocument } from '../storage/run_document.js';
import { createSplitBags } from '../training/split_bags.js';

/** The settings of an experiment, and the names of those that a search takes as they are. */
export type SettledSettings = ExperimentSettings & { readonly fixed?: readonly string[] };

/** Reviews, settings and where to compute: an experiment that is ready to begin. */
export interface Experiment {
  readonly dataset: Dataset;
  readonly settings: SettledSettings;
  readonly device: Device;
  /** When the work began, in milliseconds of `performance.now()`. */
  readonly begun: number;
  readonly signal?: AbortSignal | undefined;
  /** Ends a search with the best candidate so far. */
  readonly stop?: AbortSignal | undefined;
  readonly events?: ExperimentEvents | undefined;
}

/**
 * Trains, tests and looks at the model: what `train` and `tune` do, on the command line and in the library.
 * @param onResult is given the result before it is freed
 * @throws what the experiment throws; the reason of the signal
 */
export async function runTrain(
  experiment: Experiment,
  onResult: (result: FullTrainingResult) => void = () => undefined,
): Promise<RunContents<TrainDocument>> {
  const { dataset, device, settings: options, signal, stop, events } = experiment;
  const bags = createSplitBags(dataset);
  try {
    const classes = dataset.classes.length;
    const result = await runFullTraining({ bags, dataset, classes, device, options, signal, stop, events });
    try {
      onResult(result);
      const isSearched = options.search !== 'none';
      return await trainContents(runInput(withChosen(experiment, result), 'train', isSearched), result);
    } finally {
      result.dispose();
    }
  } finally {
    bags.dispose();
  }
}

/** Puts what a search chose in the place of what it was given. */
function withChosen(experiment: Experiment, { linear }: FullTrainingResult): Experiment {
  if (linear === undefined) return experiment;
  const { settings } = experiment;
  const { dataset, training } = linear;
  const { ngrams, characters, weighting, cost, cleanUp, folds, repeats, search } = training.options;
  const [only, ...others] = weighting;
  const chosen = { ngrams, characters, cost, cleanUp, folds, repeats, search, minCount: dataset.features.minimumCount };
  // The most frequent features of fewer kinds are those that were left of them.
  const vocab = settings.vocab === null ? null : dataset.vocabulary.size;
  // Without n-grams of characters their weight is no setting.
  const { characterWeight } = characters === null ? { characterWeight: 1 } : settings;
  return {
    ...experiment,
    dataset: { ...experiment.dataset, ...dataset },
    settings: {
      ...settings,
      ...chosen,
      vocab,
      characterWeight,
      weighting: only !== undefined && others.length === 0 ? only : weighting,
      budget: null,
    },
  };
}

/** Returns what the contents of a run are made of. @param isSearched whether a search has chosen some of the settings */
export function runInput(
  { dataset, device, settings, begun, signal }: Experiment,
  command: 'train' | 'lora',
  isSearched: boolean,
): RunInput {
  const { source, splits } = dataset;
  const isOfRows = source.kind === 'rows';
  // No file has the rows of a program, so that nothing says where they are.
  const recorded = isOfRows ? { ...settings, train: undefined, valid: null, test: undefined } : settings;
  const place = { location: source.location, validationSize: splits.valid.labels.length };
  const options = recordSettings(recorded, place);
  return {
    dataset,
    device,
    options: settings,
    recordedOptions: isOfRows ? { ...options, data: undefined } : options,
    config: isSearched ? configOf(recorded, command) : null,
    begun,
    signal,
  };
}
