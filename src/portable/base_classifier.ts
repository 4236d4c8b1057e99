import { checkTexts, float64Array } from '../arguments.js';
import type { Engine, LossForm } from '../../binding.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { EncodedTexts } from '../text/bag_writer.js';
import { textsPerBatch, type FeatureEncoder } from '../text/feature_encoder.js';
import type { FeatureNames } from '../text/feature_names.js';
import type { FeatureOptions } from '../text/features.js';
import { byClass, type ByClass } from './by_class.js';
import { finite } from './finite.js';
import { decide } from './numbers/decision.js';
import type { LossSums } from './numbers/loss.js';
import { logOddsOf, probabilitiesOf } from './numbers/probabilities.js';

export interface Prediction {
  /** The predicted class: the most probable one, unless the model's decision is another. */
  label: string;
  /** The probability of `label`, which may be lower than that of another class where a decision was fitted. */
  probability: number;
  /** The probability of each class, by its name. */
  probabilities: ByClass;
}

/** How the features of a text become values: counts (or 1) times weights, divided as `normalize` says, times `gain`. */
export interface FeatureValues {
  readonly options: Pick<FeatureOptions, 'normalize' | 'gain'>;
  /** `[features]`: the factor of each feature; null without weighting. */
  readonly weights: Float32Array | null;
}

/** What an evaluation finds. */
export interface LabelledLosses extends LossSums {
  /** `[texts, classes]`, row-major. */
  readonly logits: Float64Array;
}

/** What computes a model: plain JavaScript, or kernels or operators of the addon. */
export type EngineName = 'portable' | Engine;

/** A trained model with all that it takes to classify texts, whatever computes its layers. */
export abstract class BaseClassifier implements Disposable {
  /** What computes the layers. */
  abstract readonly engine: EngineName;
  /** What the model is; its classes, calibration and decision are those with the adapters in use. */
  abstract readonly description: ModelDescription;
  /** Turns texts into the features of the model. */
  abstract readonly featurizer: FeatureEncoder;
  /** The names of the features; null where they are not known. */
  abstract readonly names: FeatureNames | null;
  /** Notes on how it was opened, such as keys of an adapter's configuration that were ignored. */
  abstract readonly notes: readonly string[];
  /** The form of the loss that the model was trained with. */
  abstract readonly loss: LossForm;
  /** Whether the run's own adapter is in the parameters, and none is in use. */
  abstract readonly isMerged: boolean;
  /** The names of the adapters in use, in a new array whenever others are used. */
  abstract readonly activeAdapters: readonly string[];
  /** The number of features. */
  abstract readonly features: number;

  /**
   * Returns the logits of texts that are encoded already, `[texts, classes]`, row-major.
   * @param values how features are weighted; default: as the model's are
   * @throws ImdbTorchError ERR_NON_FINITE when one is a NaN or an infinity; RangeError ERR_SHAPE or ERR_ARG_RANGE for
   *   offsets, counts or ids that do not fit
   */
  abstract logitsOfEncoded(encoded: EncodedTexts, values?: FeatureValues): Float64Array;

  /**
   * Evaluates labelled texts that are encoded already.
   * @param labels `[texts]`: class numbers
   * @param loss the form of the loss
   * @throws ImdbTorchError ERR_NON_FINITE when a logit is a NaN or an infinity
   * @internal for evaluations
   */
  abstract evaluateEncoded(encoded: EncodedTexts, labels: Int32Array, loss: LossForm): LabelledLosses;

  /**
   * Returns the first layer before its activation, `[bags, width]`, row-major, for features that all have the value 1. Bag
   * `t` has the ids from `offsets[t]` to `offsets[t + 1]`.
   * @internal for explanations
   */
  abstract firstLayer(ids: Int32Array, offsets: Int32Array): Float64Array;

  /**
   * Returns the logits that follow from the first layer, `[bags, classes]`; those of a linear model are it.
   * @param preactivations `[bags, width]`, row-major
   * @internal for explanations
   */
  abstract upperLayers(preactivations: Float64Array): Float64Array;

  /** Frees what is not JavaScript's. */
  abstract dispose(): void;

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Names of the classes: those of the adapters in use, else of the model. */
  get classes(): readonly string[] {
    return this.description.classes;
  }

  /**
   * Predicts texts in their order. A text without features, such as an empty one, gets what the model says where it knows
   * nothing; the command line and the service leave out empty texts.
   * @param texts strings or UTF-8; bytes that are not UTF-8 are dropped
   */
  predict(texts: readonly (string | Uint8Array)[]): Prediction[] {
    return this.#predictions(this.logits(texts));
  }

  /** Predicts texts that are encoded already, in their order. @throws what `logitsOfEncoded` throws */
  predictEncoded(encoded: EncodedTexts): Prediction[] {
    return this.#predictions(this.logitsOfEncoded(encoded));
  }

  #predictions(logits: Float64Array): Prediction[] {
    const { classes } = this;
    const { length } = classes;
    const probabilities = this.probabilities(logits);
    return Array.from(this.decide(probabilities), (predicted, row) => {
      const own = probabilities.subarray(row * length, (row + 1) * length);
      return { label: classes[predicted], probability: own[predicted], probabilities: byClass(classes, own) };
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
