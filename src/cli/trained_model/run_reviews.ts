import type { Dataset } from '../../data/dataset.js';
import { readReviewsOf, type GivenData } from '../../library/run_reviews.js';
import type { NamedRun } from '../../library/same_data.js';
import type { DataChoice } from '../../settings/data_choice.js';
import type { Featurizer } from '../../text/featurizer.js';
import { readData } from '../experiment/read_dataset.js';
import type { Terminal } from '../terminal.js';

/** The settings that say how files are read. */
export const howReadKeys = ['textColumn', 'labelColumn', 'header', 'files', 'encoding'] as const;

type HowRead = Pick<DataChoice, (typeof howReadKeys)[number]>;

/** Returns the settings among others that say how files are read. */
export function howRead({ textColumn, labelColumn, header, files, encoding }: HowRead): HowRead {
  return { textColumn, labelColumn, header, files, encoding };
}

/** Does what `readReviewsOf` does, saying how far it is. */
export async function readRunReviews(
  named: NamedRun,
  given: GivenData | null,
  featurizer: Featurizer,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Dataset> {
  return readReviewsOf(named, given, { featurizer, signal, read: (choice) => readData(choice, terminal, signal) });
}
