import { aMap, aString, anObject, fields, instance, orNull } from '../arguments.js';
import { BaseClassifier, type FeatureValues, type LabelledLosses } from '../portable/base_classifier.js';
import { finite } from '../portable/finite.js';
import { anAdapter, type Adapter } from '../storage/adapter.js';
import type { DecisionName, ModelDescription } from '../storage/model_description.js';
import { featurizerOf } from '../storage/read_run.js';
import { checkEncoded, type EncodedTexts } from '../text/bag_writer.js';
import { Featurizer } from '../text/featurizer.js';
import { assertSameTokenizer, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { Vocabulary } from '../text/vocabulary.js';
import { AdapterSet } from './adapter_set.js';
import { describeWith, withFitted, withoutDecision } from './adapter_task.js';
import { createBags } from './bags.js';
import type { ClassifierModel } from './classifier_model.js';
import { createModel } from './load_model.js';
import type { ModelParts } from './model_parts.js';
import { Bags, setNumThreads, Tensor, type Engine, type LossForm } from './native.js';
import { checkOpening, type TextClassifierOptions } from './opening.js';
import { readNumbers } from './parameters.js';
import { defaultAdapter, readModel } from './read_model.js';
import type { RunClassifier } from './run_classifier.js';
import { checkShared, type SharedClassifier } from './shared_classifier.js';
import { modelFromShared, shareModel } from './shared_model.js';

export type { Prediction } from '../portable/base_classifier.js';
export type { TextClassifierOptions } from './opening.js';
export type { SharedClassifier } from './shared_classifier.js';
export type { ModelParts } from './model_parts.js';

/** How a classifier is made of its parts. */
export interface CreateClassifierOptions {
  /** SHA-256 of the model's file, where it is known. */
  baseSha256?: string | null;
  notes?: readonly string[];
  /** The form of the loss of its training; default: `logits`. */
  loss?: LossForm | undefined;
  decision?: DecisionName | undefined;
  /** What computes the layers, as TextClassifier.open takes it. Default: `auto`. */
  engine?: 'auto' | Engine | undefined;
  /** Whether the parameters have an adapter in them. Default: false. */
  isMerged?: boolean | undefined;
  /** The tokenizer where it is one of the program's own; without it texts are only taken as bags. */
  tokenizer?: OwnTokenizer | undefined;
}

const checkParts = fields({ description: anObject, vocabulary: instance(Vocabulary), tensors: aMap });

/** A trained model of a run directory with all that it takes to classify texts. Computes on the CPU. */
export class TextClassifier extends BaseClassifier implements RunClassifier {
  readonly featurizer: Featurizer;
  /** The layers, which belong to this object. */
  readonly model: ClassifierModel;
  /** The adapter that was opened, as `adapter`, and others that may be added. */
  readonly adapters: AdapterSet;
  /** Notes on how it was opened, such as keys of an adapter's configuration that were ignored. */
  readonly notes: readonly string[];
  /** The form of the loss that the model was trained with. */
  readonly loss: LossForm;
  /** Whether it was opened as `merged`: the run's own adapter is in the parameters, and none is in use. */
  readonly isMerged: boolean;
  readonly #decision: DecisionName;
  /** The description of the model without an adapter. */
  readonly #alone: ModelDescription;
  #described: { active: readonly string[]; description: ModelDescription };

  private constructor(
    { description, featurizer }: Pick<TextClassifier, 'description' | 'featurizer'>,
    model: ClassifierModel,
    adapters: AdapterSet,
    { notes = [], decision = 'fitted', loss = 'logits', isMerged = false }: CreateClassifierOptions,
  ) {
    super();
    this.#alone = description;
    this.#decision = decision;
    this.featurizer = featurizer;
    this.model = model;
    this.adapters = adapters;
    this.notes = notes;
    this.loss = loss;
    this.isMerged = isMerged;
    this.#described = { active: adapters.active, description: this.#describe() };
  }

  /**
   * Opens a run directory. The event loop goes on turning meanwhile, and the first text takes no longer than others.
   * @throws ERR_RUN when it is no complete one, has not the adapter that is asked for, or is not the model that the
   *   adapter is for; ERR_SAFETENSORS when a file of tensors is damaged; ERR_TOKENIZER when the tokenizer is another than
   *   the one that it was trained with
   */
  static async open(path: string, options: TextClassifierOptions = {}): Promise<TextClassifier> {
    const classifier = await openWithoutIndex(path, options);
    try {
      await classifier.featurizer.prepare();
      return classifier;
    } catch (error) {
      classifier.dispose();
      throw error;
    }
  }

  /**
   * Makes a classifier of these parts, whose classes are those of the adapter where that has a task of its own.
   * @param parts what `description` says of a calibration and a decision is of the adapter, unless that records its own
   *   or has classes of its own: then it is of the model alone
   * @param adapter null: the model alone
   * @throws ERR_RUN when the adapter is for a model with another SHA-256 than `baseSha256`, or does not fit; ERR_USAGE when
   *   the engine that is asked for has no such adapters
   */
  static create(parts: ModelParts, adapter: Adapter | null, options: CreateClassifierOptions = {}): TextClassifier {
    checkParts(parts, 'parts');
    orNull(anAdapter)(adapter, 'adapter');
    const model = createModel(parts, adapter, options.engine);
    try {
      const { description } = parts;
      const { classes, calibration } = adapter ?? {};
      const isOfAdapter = adapter !== null && classes === undefined && calibration === undefined;
      const own = isOfAdapter ? withFitted(description, { calibration: null }) : description;
      const adapters = new AdapterSet(model, { baseSha256: options.baseSha256 ?? null, classes: description.classes });
      if (adapter !== null) {
        const { calibration: fitted, decision } = description;
        adapters.add(
          'adapter',
          isOfAdapter ? { ...adapter, calibration: fitted, ...(decision && { decision }) } : adapter,
        );
        adapters.use('adapter');
      }
      return new TextClassifier(
        { description: own, featurizer: featurizerOf(parts, options.tokenizer) },
        model,
        adapters,
        options,
      );
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /**
   * Makes a classifier of what `share` has returned in another thread, with the same predictions, bit for bit. It needs
   * nothing of the other classifier, which may be disposed of first; its adapters cannot be changed.
   * @param options the tokenizer where it is one of the program's own, which has to be made in each thread
   * @throws ERR_TOKENIZER when it is another than the one that the model was trained with
   */
  static fromShared(shared: SharedClassifier, options: Pick<TextClassifierOptions, 'tokenizer'> = {}): TextClassifier {
    checkShared(shared, 'shared');
    checkOpening(options, 'options');
    assertSameTokenizer(shared.featurizer.options.tokenizer, options.tokenizer);
    const { description, notes, loss, activeAdapters, isMerged } = shared;
    const featurizer = Featurizer.fromShared(shared.featurizer, options.tokenizer);
    const model = modelFromShared(shared.model);
    const adapters = new AdapterSet(model, { sharedWith: activeAdapters });
    return new TextClassifier({ description, featurizer }, model, adapters, { notes, loss, isMerged });
  }

  /**
   * Copies the classifier as it is now, the adapters in use included, to where all threads reach it: `workerData` and
   * `postMessage` take what it returns without copying the features, their index or the parameters. What changes here
   * later changes nothing there.
   */
  share(): SharedClassifier {
    const { description, featurizer, model, notes, loss, adapters, isMerged } = this;
    return {
      ...{ description, featurizer: featurizer.share(), model: shareModel(model), notes, loss },
      ...{ activeAdapters: adapters.active, isMerged },
    };
  }

  /** The description of the model; its classes, calibration and decision are those with the adapters in use. */
  get description(): ModelDescription {
    const { active } = this.adapters;
    if (this.#described.active !== active) this.#described = { active, description: this.#describe() };
    return this.#described.description;
  }

  #describe(): ModelDescription {
    const description = describeWith(this.#alone, this.adapters.task);
    return this.#decision === 'fitted' ? description : withoutDecision(description);
  }

  get engine(): Engine {
    return this.model.classifier.engine;
  }

  get activeAdapters(): readonly string[] {
    return this.adapters.active;
  }

  get features(): number {
    return this.featurizer.vocabulary.size;
  }

  get names(): Vocabulary {
    return this.featurizer.vocabulary;
  }

  /** Frees the native memory. */
  dispose(): void {
    this.model.dispose();
  }

  logitsOfEncoded(encoded: EncodedTexts, values: FeatureValues = this.featurizer): Float64Array {
    checkEncoded(encoded, 'encoded');
    const { options, weights } = values;
    using bags = createBags(encoded, { options, weights, vocabulary: this.featurizer.vocabulary });
    return this.logitsOfBags(bags);
  }

  evaluateEncoded(encoded: EncodedTexts, labels: Int32Array, loss: LossForm): LabelledLosses {
    using bags = createBags({ ...encoded, labels }, this.featurizer);
    return { ...this.model.classifier.evaluate(bags, { loss }), logits: this.logitsOfBags(bags) };
  }

  firstLayer(ids: Int32Array, offsets: Int32Array): Float64Array {
    const labels = new Int32Array(Math.max(offsets.length - 1, 0));
    using bags = new Bags({ ids, offsets, labels, vocabularySize: this.featurizer.vocabulary.size });
    using layer = this.model.hidden.forward(bags);
    return readNumbers(layer);
  }

  upperLayers(preactivations: Float64Array): Float64Array {
    const { output, parameters } = this.model;
    if (output === null || preactivations.length === 0) return preactivations;
    const { dtype, shape } = parameters['fc1.bias'];
    using before = Tensor.from(dtype === 'float32' ? Float32Array.from(preactivations) : preactivations, [
      preactivations.length / Number(shape[0]),
      Number(shape[0]),
    ]);
    using after = before.relu();
    using logits = output.forward(after);
    return readNumbers(logits);
  }

  /**
   * Returns the logits of bags of this model's features, or of `rows` of them, `[rows, classes]`, row-major.
   * @throws ERR_NON_FINITE when one is a NaN or an infinity
   */
  logitsOfBags(bags: Bags, rows?: Int32Array): Float64Array {
    const logits = rows === undefined ? this.model.classifier.forward(bags) : this.model.classifier.forward(bags, rows);
    try {
      return finite('logits', readNumbers(logits));
    } finally {
      logits.dispose();
    }
  }
}

/** Opens a run directory for texts that are encoded elsewhere: the first one that is not waits for the index. */
export async function openWithoutIndex(path: string, options: TextClassifierOptions = {}): Promise<TextClassifier> {
  aString(path, 'path');
  checkOpening(options, 'options');
  const { adapter, threads, decision, engine, tokenizer } = options;
  const { parts, adapter: read, ...others } = await readModel(path, adapter ?? defaultAdapter(path));
  assertSameTokenizer(parts.description.features.tokenizer, tokenizer);
  if (threads !== undefined) setNumThreads(threads);
  return TextClassifier.create(parts, read, { ...others, decision, engine, tokenizer });
}
