import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import type { LossForm } from '../../model/native.js';
import type { RunDocument } from '../../storage/run_document.js';
import type { Featurizer } from '../../text/featurizer.js';
import { dataChoice } from '../options/choose_data.js';
import { completeSettings } from '../options/read_settings.js';
import { byKeys, type ExperimentSettings } from '../options/settings.js';
import { readData, type DataChoice } from '../experiment/read_dataset.js';
import type { Terminal } from '../terminal.js';

/** The settings that decide the reviews of a run and how they are judged. */
export interface StoredOptions extends DataChoice {
  loss: LossForm;
}

/**
 * Returns the settings that a run was made with.
 * @param path what messages call it
 * @throws ImdbTorchError ERR_RUN when run.json does not say
 */
export function storedOptions({ options }: RunDocument, path: string): StoredOptions {
  const stored: Partial<ExperimentSettings> = byKeys(options ?? {}).values;
  const { data, train, vocab, seed, loss } = stored;
  if ((data ?? train) !== undefined && vocab !== undefined && seed !== undefined && loss !== undefined) {
    return { ...dataChoice(completeSettings(stored)), loss };
  }
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected the options that ${path} was made with in its run.json but it has none; give a run that \`train\` wrote.`,
  );
}

/** Reads the reviews of a run as its model reads them; as a rule the cache has them. */
export async function readRunReviews(
  stored: StoredOptions,
  featurizer: Featurizer,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Dataset> {
  const dataset = await readData(stored, terminal, signal);
  if (dataset.vocabulary.equals(featurizer.vocabulary)) return dataset;
  terminal.note(`${dataset.source.location} has changed since this model was trained on it.`);
  return readData({ ...stored, featurizer }, terminal, signal);
}
