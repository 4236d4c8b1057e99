import type { Dataset, EncodedSplit } from '../data/dataset.js';
import { Bags } from '../model/native.js';

/** The three splits of a data set on the native side. `dispose` frees them. */
export interface SplitBags {
  readonly train: Bags;
  readonly valid: Bags;
  readonly test: Bags;
  dispose(): void;
}

/** Copies the splits of `dataset` to the native side. */
export function createSplitBags(dataset: Pick<Dataset, 'splits' | 'vocabulary'>): SplitBags {
  const vocabularySize = dataset.vocabulary.words.length;
  const create = ({ ids, offsets, labels }: EncodedSplit): Bags =>
    new Bags({ ids, offsets, labels, vocabularySize });
  const bags = {
    train: create(dataset.splits.train),
    valid: create(dataset.splits.valid),
    test: create(dataset.splits.test),
  };
  const dispose = (): void => {
    for (const split of Object.values(bags)) split.dispose();
  };
  return { ...bags, dispose };
}
