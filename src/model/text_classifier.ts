import { aMap, aString, anObject, checkTexts, fields, float64Array, instance, orNull } from '../arguments.js';
import { anAdapter, type Adapter } from '../storage/adapter.js';
import type { DecisionName, ModelDescription } from '../storage/model_description.js';
import { featurizerOf } from '../storage/read_run.js';
import { checkEncoded, type EncodedTexts } from '../text/bag_writer.js';
import { Featurizer, textsPerBatch } from '../text/featurizer.js';
import { assertSameTokenizer, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { Vocabulary } from '../text/vocabulary.js';
import { AdapterSet } from './adapter_set.js';
import { describeWith, withFitted, withoutDecision } from './adapter_task.js';
import { createBags } from './bags.js';
import { byClass, type ByClass } from './by_class.js';
import type { ClassifierModel } from './classifier_model.js';
import { finite } from './finite.js';
import { createModel, type ModelParts } from './model_parts.js';
import { setNumThreads, type Bags, type LossForm } from './native.js';
import { decide } from './numbers/decision.js';
import { logOddsOf, probabilitiesOf } from './numbers/probabilities.js';
import { checkOpening, type TextClassifierOptions } from './opening.js';
import { readNumbers } from './parameters.js';
import { defaultAdapter, readModel } from './read_model.js';
import { checkShared, type SharedClassifier } from './shared_classifier.js';
import { modelFromShared, shareModel } from './shared_model.js';

export interface Prediction {
  /** The predicted class: the most probable one, unless the model's decision is another. */
  label: string;
  /** The probability of `label`, which may be lower than that of another class where a decision was fitted. */
  probability: number;
  /** The probability of each class, by its name. */
  probabilities: ByClass;
}

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
  /** Whether the parameters have an adapter in them. Default: false. */
  isMerged?: boolean | undefined;
  /** The tokenizer where it is one of the program's own; without it texts are only taken as bags. */
  tokenizer?: OwnTokenizer | undefined;
}

const checkParts = fields({ description: anObject, vocabulary: instance(Vocabulary), tensors: aMap });

/** A trained model of a run directory with all that it takes to classify texts. Computes on the CPU. */
export class TextClassifier {
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
   * @throws ERR_RUN when the adapter is for a model with another SHA-256 than `baseSha256`, or does not fit
   */
  static create(parts: ModelParts, adapter: Adapter | null, options: CreateClassifierOptions = {}): TextClassifier {
    checkParts(parts, 'parts');
    orNull(anAdapter)(adapter, 'adapter');
    const model = createModel(parts, adapter);
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

  /** Names of the classes: those of the adapters in use, else of the model. */
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

  /**
   * Predicts texts in their order. A text without features, such as an empty one, gets what the model says where it knows
   * nothing; the command line and the service leave out empty texts.
   * @param texts strings or UTF-8; bytes that are not UTF-8 are dropped
   */
  predict(texts: readonly (string | Uint8Array)[]): Prediction[] {
    return this.#predictions(this.logits(texts));
  }

  /** Predicts texts that are encoded already, in their order. */
  predictEncoded(encoded: EncodedTexts): Prediction[] {
    return this.#predictions(this.logitsOfEncoded(encoded));
  }

  #predictions(logits: Float64Array): Prediction[] {
    const { length } = this.classes;
    const probabilities = this.probabilities(logits);
    return Array.from(this.decide(probabilities), (predicted, row) => {
      const own = probabilities.subarray(row * length, (row + 1) * length);
      return {
        label: this.classes[predicted] ?? '',
        probability: own[predicted] ?? NaN,
        probabilities: byClass(this.classes, own),
      };
    });
  }

  /** Returns the logits of texts, `[texts, classes]`, row-major, as the model gives them. */
  logits(texts: readonly (string | Uint8Array)[]): Float64Array {
    checkTexts(texts);
    const { length } = this.classes;
    const result = new Float64Array(texts.length * length);
    for (let start = 0; start < texts.length; start += textsPerBatch) {
      const encoded = this.featurizer.encodeBatch(texts.slice(start, start + textsPerBatch));
      result.set(this.logitsOfEncoded(encoded), start * length);
    }
    return result;
  }

  /** Returns the logits of texts that are encoded already, `[texts, classes]`, row-major. */
  logitsOfEncoded(encoded: EncodedTexts): Float64Array {
    checkEncoded(encoded, 'encoded');
    using bags = createBags(encoded, this.featurizer);
    return this.logitsOfBags(bags);
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

  /** Returns the probabilities that logits stand for, calibrated where the model is, `[texts, classes]`, row-major. */
  probabilities(logits: Float64Array): Float64Array {
    float64Array(logits, 'logits');
    return finite('probabilities', probabilitiesOf(logits, this.classes.length, this.description.calibration));
  }

  /**
   * Returns the class that texts are given: the largest ln(p) + offset where the model has a decision, else the most
   * probable one; the first of equal ones.
   * @param probabilities `[texts, classes]`, row-major
   * @returns `[texts]`: class numbers
   */
  decide(probabilities: Float64Array): Int32Array {
    float64Array(probabilities, 'probabilities');
    return decide(probabilities, this.classes.length, this.description.decision);
  }

  /** Returns ln(p / (1 - p)) of each class, `[texts, classes]`, row-major. */
  logOdds(logits: Float64Array): Float64Array {
    float64Array(logits, 'logits');
    return finite('log-odds', logOddsOf(logits, this.classes.length, this.description.calibration));
  }
}

/** Opens a run directory for texts that are encoded elsewhere: the first one that is not waits for the index. */
export async function openWithoutIndex(path: string, options: TextClassifierOptions = {}): Promise<TextClassifier> {
  aString(path, 'path');
  checkOpening(options, 'options');
  const { adapter, threads, decision, tokenizer } = options;
  const { parts, adapter: read, ...others } = await readModel(path, adapter ?? defaultAdapter(path));
  assertSameTokenizer(parts.description.features.tokenizer, tokenizer);
  if (threads !== undefined) setNumThreads(threads);
  return TextClassifier.create(parts, read, { ...others, decision, tokenizer });
}
