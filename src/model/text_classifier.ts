import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adapterConfigName, type Adapter } from '../storage/adapter.js';
import type { ModelDescription } from '../storage/model_description.js';
import { readAdapter } from '../storage/read_adapter.js';
import { readRun, type StoredRun } from '../storage/read_run.js';
import { Featurizer, type EncodedTexts } from '../text/featurizer.js';
import { createClassifier, type ClassifierModel } from './classifier.js';
import { Bags, Generator, setNumThreads, type FloatDtype } from './native.js';
import { loadAdapter, loadModule } from './parameters.js';
import { indexOfLargest, logOddsOf, probabilitiesOf } from './probabilities.js';

export interface TextClassifierOptions {
  /**
   * `off`: the model alone; `on`: with the run's own adapter; `merged`: the merged model; else the folder of an
   * adapter. Default: `on` where the run has an adapter.
   */
  adapter?: string | undefined;
  /** Of the whole process; default: libtorch's choice. */
  threads?: number | undefined;
}

export interface Prediction {
  /** The most probable class. */
  label: string;
  /** Of `label`. */
  probability: number;
  /** Of each class, in the order of `classes`. */
  probabilities: number[];
}

/** What a run keeps of a model. */
export type ModelParts = Pick<StoredRun, 'description' | 'vocabulary' | 'tensors'>;

/** The LoRA branch of a model that has one. */
export type BranchOrNone = Omit<Adapter, 'baseSha256'> | null;

/** So many texts are computed at once: bounds the memory. */
const textsAtOnce = 1024;

/** A trained model of a run directory with all that it takes to classify texts. Computes on the CPU. */
export class TextClassifier {
  readonly description: ModelDescription;
  readonly featurizer: Featurizer;
  /** The layers, for what the methods here do not do. They belong to this object. */
  readonly model: ClassifierModel;

  private constructor({ description, vocabulary, tensors }: ModelParts, model: ClassifierModel) {
    const weights = tensors.get('features.weight')?.data;
    this.description = description;
    this.featurizer = new Featurizer({
      options: description.features,
      features: vocabulary,
      weights: weights === undefined ? null : Float32Array.from(weights as Float32Array),
    });
    this.model = model;
  }

  /**
   * Opens a run directory.
   * @throws ERR_RUN when it is no complete one, or has not the adapter that is asked for; ERR_SAFETENSORS when a file
   *   of tensors is damaged
   */
  static async open(path: string, { adapter, threads }: TextClassifierOptions = {}): Promise<TextClassifier> {
    const own = join(path, 'adapter');
    const chosen = adapter ?? (existsSync(join(own, adapterConfigName)) ? 'on' : 'off');
    const run = await readRun(path, { model: chosen === 'merged' ? 'merged' : 'model' });
    const hasBranch = chosen !== 'off' && chosen !== 'merged';
    const branch = hasBranch ? await readAdapter(chosen === 'on' ? own : chosen) : null;
    if (threads !== undefined) setNumThreads(threads);
    return TextClassifier.create(run, branch);
  }

  /** A classifier of these parts. @param adapter null: the model alone */
  static create(parts: ModelParts, adapter: BranchOrNone): TextClassifier {
    return new TextClassifier(parts, createModel(parts, adapter));
  }

  /** Names of the classes. */
  get classes(): readonly string[] {
    return this.description.classes;
  }

  /** Frees the native memory. */
  dispose(): void {
    this.model.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Predictions in the order of `texts`. @param texts bytes are UTF-8; what is not is dropped */
  predict(texts: readonly (string | Uint8Array)[]): Prediction[] {
    const { length } = this.classes;
    const probabilities = this.probabilities(this.logits(texts));
    return texts.map((_, row) => {
      const all = Array.from(probabilities.subarray(row * length, (row + 1) * length));
      const best = indexOfLargest(all);
      return { label: this.classes[best] ?? '', probability: all[best] ?? NaN, probabilities: all };
    });
  }

  /** `[texts, classes]`, row-major: the logits as the model gives them. */
  logits(texts: readonly (string | Uint8Array)[]): Float64Array {
    const { length } = this.classes;
    const result = new Float64Array(texts.length * length);
    for (let start = 0; start < texts.length; start += textsAtOnce) {
      const encoded = this.featurizer.encodeAll(texts.slice(start, start + textsAtOnce));
      result.set(this.logitsOfEncoded(encoded), start * length);
    }
    return result;
  }

  /** As `logits`, of texts that are encoded already. */
  logitsOfEncoded({ ids, offsets }: EncodedTexts): Float64Array {
    const labels = new Int32Array(offsets.length - 1);
    const bags = new Bags({ ids, offsets, labels, vocabularySize: this.featurizer.features.length });
    try {
      return this.logitsOfBags(bags);
    } finally {
      bags.dispose();
    }
  }

  /** As `logits`, of bags of this model's features; all of them without `rows`. */
  logitsOfBags(bags: Bags, rows?: Int32Array): Float64Array {
    const logits =
      rows === undefined ? this.model.classifier.forward(bags) : this.model.classifier.forward(bags, rows);
    try {
      return Float64Array.from(logits.toTypedArray(), Number);
    } finally {
      logits.dispose();
    }
  }

  /** `[texts, classes]`, row-major: what `logits` mean, calibrated where the model is. */
  probabilities(logits: Float64Array): Float64Array {
    return probabilitiesOf(logits, this.classes.length, this.description.calibration);
  }

  /** `[texts, classes]`, row-major: ln(p / (1 - p)) of each class. */
  logOdds(logits: Float64Array): Float64Array {
    return logOddsOf(logits, this.classes.length, this.description.calibration);
  }
}

/** The classifier that the files describe; its LoRA branch is on when there is one. */
function createModel(
  { tensors, vocabulary, description }: ModelParts,
  adapter: BranchOrNone,
): ClassifierModel {
  const generator = new Generator(0);
  try {
    const model = createClassifier({
      vocabularySize: vocabulary.length,
      hidden: description.hidden,
      classes: description.output,
      rank: adapter?.rank ?? 1,
      alpha: adapter?.alpha ?? 1,
      dtype: tensors.get('fc1.weight')?.dtype as FloatDtype,
      device: 'cpu',
      engine: 'auto',
      generator,
    });
    loadModule(model, tensors);
    if (adapter !== null) loadAdapter(model, adapter);
    return model;
  } finally {
    generator.dispose();
  }
}
