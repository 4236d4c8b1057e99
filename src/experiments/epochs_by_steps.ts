import type { Dataset } from '../data/dataset.js';
import type { ExperimentOptions } from './options.js';
import { isOwnData } from './trained_facts.js';

/**
 * The steps of an epoch of preset `stable` on the reviews of IMDb: 20,000 in batches of 128. Fine-tuning is to have those of
 * its two epochs, and the pretraining those of its one, however few the reviews are.
 */
const stepsOfEpoch = 157;
/** With fewer reviews still, more epochs of fine-tuning bring nothing: of 200 reviews 2 are as good as 64. */
const mostEpochs = 64;

interface Counted {
  readonly options: Pick<ExperimentOptions, 'batch' | 'pretraining' | 'loraEpochs'> & {
    readonly fixed?: readonly string[];
  };
  readonly dataset: Pick<Dataset, 'splits'> & Partial<Pick<Dataset, 'source'>>;
}

/** Returns how many epochs of fine-tuning take the steps of `epochs` of them on the reviews of IMDb, within reason. */
export function epochsToFineTune(reviews: number, batch: number, epochs: number): number {
  return Math.max(epochs, Math.min(epochsOf(reviews, batch, epochs), mostEpochs));
}

/** Returns how many epochs take as many steps as `epochs` of them do on the reviews of IMDb; no fewer than these. */
function epochsOf(reviews: number, batch: number, epochs: number): number {
  return Math.max(epochs, Math.ceil((epochs * stepsOfEpoch) / Math.ceil(reviews / batch)));
}

/** Returns the number of epochs before fine-tuning: one, or as many steps where the reviews are few. */
export function pretrainingEpochs(counted: Counted, reviews: number): number {
  return countsSteps(counted) ? epochsOf(reviews, counted.options.batch, 1) : 1;
}

/** Returns the number of epochs of fine-tuning: as given or, where none was, as many steps where the reviews are few. */
export function fineTuningEpochs(counted: Counted): number {
  const { options, dataset } = counted;
  const { batch, loraEpochs, fixed } = options;
  if (!countsSteps(counted) || fixed?.includes('loraEpochs') !== false) return loraEpochs;
  return epochsToFineTune(dataset.splits.train.labels.length, batch, loraEpochs);
}

/** Whether epochs are to be counted in steps: of the presets other than the notebook's, on other data than IMDb's. */
export function countsSteps({ options, dataset: { source } }: Counted): boolean {
  return source !== undefined && countsStepsOf(options, isOwnData(source));
}

/** The same where only the settings are known. */
export function countsStepsOf({ pretraining }: Pick<ExperimentOptions, 'pretraining'>, isOwn: boolean): boolean {
  return pretraining !== 'same' && isOwn;
}
