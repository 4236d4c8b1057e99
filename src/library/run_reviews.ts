import { readDataset, type Dataset } from '../data/dataset.js';
import { ImdbTorchError } from '../errors.js';
import type { LossForm } from '../model/native.js';
import { dataChoice, type DataChoice } from '../settings/data_choice.js';
import { completeSettings } from '../settings/settle.js';
import { byKeys, type ExperimentSettings } from '../settings/settings.js';
import { optionsFromHere } from '../storage/recorded_paths.js';
import type { Featurizer } from '../text/featurizer.js';
import { assertSameData, assertThere, type NamedRun } from './same_data.js';

/** The settings that decide the reviews of a run and how they are judged. */
export interface StoredOptions extends DataChoice {
  loss: LossForm;
}

/** What to read instead of the reviews of a run. */
export type GivenData = Partial<DataChoice> & Pick<DataChoice, 'data'>;

/**
 * Returns the settings that a run was made with; its files are found whatever the working directory.
 * @throws ImdbTorchError ERR_RUN when run.json does not say
 */
export function storedOptions({ path, run }: NamedRun): StoredOptions {
  const stored: Partial<ExperimentSettings> = byKeys(optionsFromHere(run)).values;
  const { data, train, vocab, seed, loss } = stored;
  const isNamed = (data ?? train) !== undefined || run.data?.kind === 'rows';
  if (isNamed && vocab !== undefined && seed !== undefined && loss !== undefined) {
    return { ...dataChoice(completeSettings(stored)), loss };
  }
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected the options that ${path} was made with in its run.json but it has none; give a run that \`train\` wrote.`,
  );
}

/** How reviews are read. */
export interface ReviewsReading {
  /** What turns texts into the features of the model. */
  readonly featurizer: Featurizer;
  /** Reads reviews, saying how far it is where somebody is there to be told. */
  readonly read: (choice: DataChoice) => Promise<Dataset>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the reviews of a run, or others, as its model reads them; as a rule the cache has them.
 * @param given others, with how to read them; the seed and, unless given, the labels are those of the run, where it says them
 * @throws ImdbTorchError ERR_DATASET when the run's are gone or are not what they were
 */
export async function readReviewsOf(
  named: NamedRun,
  given: GivenData | null,
  { featurizer, read, signal }: ReviewsReading,
): Promise<Dataset> {
  if (given !== null) {
    const { seed, vocab, labels } = completeSettings(byKeys(optionsFromHere(named.run)).values);
    return read({ seed, vocab, valid: null, featurizer, ...given, labels: given.labels ?? labels });
  }
  const stored = storedOptions(named);
  assertThere(named);
  const dataset = await read(stored);
  assertSameData(named, dataset);
  if (dataset.vocabulary.equals(featurizer.vocabulary)) return dataset;
  // What there is to say of them has been said.
  return readDataset({ ...stored, featurizer, ...(signal && { signal }) });
}
