import { createClassifier, type ClassifierModel } from '../../model/classifier.js';
import { Generator, type Bags, type Device, type Engine, type FloatDtype } from '../../model/native.js';
import {
  countParameters,
  loadParameters,
  readModule,
  readOutput,
  readTensor,
  trainableParameters,
  type Module,
} from '../../model/parameters.js';
import { Snapshot } from '../../model/snapshot.js';
import type { Adapter } from '../../storage/adapter.js';
import { evaluate, readLogits } from '../../training/metrics.js';
import type { Method } from './methods.js';
import { trainEpochs, type EpochsOptions } from './train_epochs.js';

/** The layers of the base and of all models of the second task. */
export interface Layers {
  vocabularySize: number;
  hidden: number;
  dtype: FloatDtype;
  device: Device;
  engine: Engine;
}

/** What has to be kept to use a method's model where the base is at hand: an adapter, or layers. */
export type Kept = { adapter: Adapter } | { tensors: Module };

/** A model that learns the second task by one method, as often as one likes from the same start. */
export class Learner {
  readonly #method: Method;
  readonly #base: Module;
  readonly #model: ClassifierModel;
  readonly #start: Snapshot;

  /** @param seed of what the method draws: the output layer, A, and the hidden layer where that is new */
  constructor(method: Method, { base, layers, seed }: { base: Module; layers: Layers; seed: number }) {
    const { rank, start, trainsHidden } = method;
    const generator = new Generator(seed);
    try {
      this.#model = createClassifier({ ...layers, rank: rank ?? 1, alpha: rank ?? 1, generator });
    } finally {
      generator.dispose();
    }
    if (start === 'base') this.#load(base, ['fc1.weight', 'fc1.bias']);
    this.#model.hidden.loraEnabled = rank !== null;
    this.#model.hidden.setTrainable({ base: trainsHidden, lora: rank !== null });
    this.#method = method;
    this.#base = base;
    this.#start = new Snapshot(trainableParameters(this.#model));
  }

  /** Parameters that are trained. */
  get trainable(): number {
    return countParameters(this.#model).trainable;
  }

  /** Trains from the start. @returns seconds of each epoch */
  async train(options: EpochsOptions): Promise<number[]> {
    this.#start.restore();
    return trainEpochs(this.#model, options);
  }

  /** The share of bags that are classified rightly. */
  async accuracy(bags: Bags, signal?: AbortSignal): Promise<number> {
    return (await evaluate(this.#model.classifier, bags, { loss: 'logits', signal })).accuracy;
  }

  /** What training has made of the start. */
  keep(): Kept {
    const { rank, trainsHidden } = this.#method;
    if (trainsHidden) return { tensors: readModule(this.#model) };
    const output = readOutput(this.#model);
    if (rank === null) return { tensors: output };
    using A = this.#model.hidden.A;
    using B = this.#model.hidden.B;
    const branch = { A: readTensor(A), B: readTensor(B), alpha: rank, magnitude: null, bias: null };
    const plain = { useRslora: false, dropout: 0, pissa: false };
    return {
      adapter: { ...plain, branches: new Map([['fc1', branch]]), replaced: output, baseSha256: null },
    };
  }

  /** `[bags, classes]`: the logits with the branch off and the output layer of the base. Ends the learning. */
  logitsWithoutAdapter(bags: Bags): Float64Array {
    this.#model.hidden.loraEnabled = false;
    this.#load(this.#base, ['fc2.weight', 'fc2.bias']);
    return readLogits(this.#model.classifier, bags);
  }

  dispose(): void {
    this.#start.dispose();
    this.#model.dispose();
  }

  #load(module: Module, names: readonly ('fc1.weight' | 'fc1.bias' | 'fc2.weight' | 'fc2.bias')[]): void {
    loadParameters(this.#model, new Map(names.map((name) => [name, module.get(name)])));
  }
}
