import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FloatDtype, LossForm } from '../../../binding.js';
import { splitNames } from '../../data/collected_reviews.js';
import type { Dataset } from '../../data/dataset.js';
import { writeSafetensors } from '../../storage/safetensors.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { notebook } from '../options.js';

/** The data and the options of an experiment, as PyTorch is told them. */
export interface ExperimentPlan {
  data: string;
  seed: number;
  vocabularySize: number;
  classes: number;
  hidden: number;
  rank: number;
  alpha: number;
  lr: number;
  batchSize: number;
  loss: LossForm;
  /** Number of epochs of the full training. */
  epochs: number;
}

/** Epochs of fine-tuning in each precision. */
type LoraEpochs = Readonly<Record<FloatDtype, number>>;

/** The committed experiment: its data, and epochs of 25 steps, of which the first 20 are compared one by one. */
export const committedExperiment = {
  data: { data: 'sample', vocab: notebook.vocab, seed: notebook.seed, valid: 800 },
  epochs: 2,
  loraEpochs: { float32: 1, float64: 1 } satisfies LoraEpochs,
} as const;

/** Writes what `scripts/reference/experiment.py` reads: the encoded reviews, and the notebook's constants. */
export async function writeExperiment(
  folder: string,
  dataset: Dataset,
  { seed, epochs, loraEpochs }: { seed: number; epochs: number; loraEpochs: LoraEpochs },
): Promise<void> {
  const { hidden, rank, alpha, lr, batch: batchSize, loss } = notebook;
  const plan: ExperimentPlan = {
    data: dataset.source.kind,
    seed,
    vocabularySize: dataset.vocabulary.words.length,
    classes: dataset.classes.length,
    ...{ hidden, rank, alpha, lr, batchSize, loss, epochs },
  };
  await writeSafetensors(join(folder, 'splits.safetensors'), tensorsOfSplits(dataset));
  await writeFile(join(folder, 'plan.json'), JSON.stringify({ ...plan, dtypes: loraEpochs }));
}

/** Returns the splits as tensors, for Python to read. */
export function tensorsOfSplits({ splits }: Pick<Dataset, 'splits'>): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of splitNames) {
    for (const part of ['ids', 'offsets', 'labels'] as const) {
      const data = BigInt64Array.from(splits[name][part], BigInt);
      tensors.set(`${name}.${part}`, { dtype: 'int64', shape: [data.length], data });
    }
  }
  return tensors;
}
