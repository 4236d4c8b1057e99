import { performance } from 'node:perf_hooks';
import type { ClassifierModel } from '../../model/classifier.js';
import { Generator, SparseAdam, type Bags } from '../../model/native.js';
import { trainableParameters } from '../../model/parameters.js';
import { DataLoader } from '../../training/data_loader.js';
import { plainSteps, trainPass } from '../../training/pass.js';
import type { Settings } from './methods.js';

export interface EpochsOptions extends Settings {
  bags: Bags;
  batchSize: number;
  /** Of the order of the reviews. */
  seed: number;
  /** In the messages of errors. */
  name: string;
  signal?: AbortSignal | undefined;
  /** After every slice of about 10 ms. */
  onProgress?: (() => void) | undefined;
}

/**
 * Trains what is trainable with row-sparse Adam and a learning rate that falls to 0, evaluating nothing on the way.
 * @returns seconds of each epoch
 * @throws ImdbTorchError ERR_NON_FINITE; the reason of `signal`
 */
export async function trainEpochs(model: ClassifierModel, options: EpochsOptions): Promise<number[]> {
  const { bags, batchSize, epochs, learningRate: lr, seed, name, signal, onProgress } = options;
  const generator = new Generator(seed);
  const optimizer = new SparseAdam(trainableParameters(model), { lr });
  const pass = {
    classifier: model.classifier,
    optimizer,
    train: new DataLoader({ bags, shuffle: true, generator }),
    ...{ batchSize, epochs, name, signal, onProgress },
    loss: 'logits',
    steps: { ...plainSteps, schedule: 'linear' },
  } as const;
  const pace = { batches: 1 };
  const seconds: number[] = [];
  try {
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const begun = performance.now();
      await trainPass(pass, epoch, pace);
      seconds.push((performance.now() - begun) / 1000);
    }
    return seconds;
  } finally {
    optimizer.dispose();
    generator.dispose();
  }
}
