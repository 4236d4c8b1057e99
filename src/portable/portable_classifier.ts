import { anObject, fields } from '../arguments.js';
import type { LossForm } from '../../binding.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { EncodedTexts } from '../text/bag_writer.js';
import { FeatureEncoder } from '../text/feature_encoder.js';
import type { FeatureNames } from '../text/feature_names.js';
import type { IndexTables } from '../text/ngrams/index_tables.js';
import type { OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { BaseClassifier, type FeatureValues, type LabelledLosses } from './base_classifier.js';
import { checkedTexts } from './checked_texts.js';
import { finite } from './finite.js';
import { sumLosses } from './numbers/loss.js';
import {
  addBranch,
  rectifiedLinear,
  sumRows,
  withBranch,
  type Branch,
  type Floats,
  type Values,
} from './numbers/sparse_sums.js';

/** The layers of a model as plain arrays, with the adapter that is in use worked in. */
export interface PortableLayers {
  /**
   * The weight is `[features, width]`, row-major: a row for each feature. The width is that of the hidden layer, or the
   * number of classes of a linear model; the bias is `[width]`.
   */
  readonly first: { readonly weight: Floats; readonly bias: Floats };
  /** The weight is `[classes, hidden]`, row-major, the bias `[classes]`; null: a linear model. */
  readonly output: { readonly weight: Floats; readonly bias: Floats } | null;
}

/** A trained model as plain arrays, without what finds its features. */
export interface PortableNetwork {
  /** With the classes, the calibration and the decision that count for these layers. */
  readonly description: ModelDescription;
  readonly layers: PortableLayers;
  /** The branch of an adapter on the first layer that is not worked into it: rounding is then as in training. */
  readonly branch?: Branch | null | undefined;
  /** Null or absent: not known. */
  readonly names?: FeatureNames | null | undefined;
  readonly notes?: readonly string[] | undefined;
  /** The form of the loss of its training; default: `logits`. */
  readonly loss?: LossForm | undefined;
  /** Whether the run's own adapter is in the layers because its merged model was opened. Default: false. */
  readonly isMerged?: boolean | undefined;
  /** The names of the adapters that count as in use. Default: none. */
  readonly activeAdapters?: readonly string[] | undefined;
}

/** A trained model as plain arrays. */
export interface PortableParts extends PortableNetwork {
  /** Finds the features of texts. */
  readonly index: IndexTables;
  /** `[features]`: the factor of each feature; null without weighting. */
  readonly weights: Float32Array | null;
}

/** A trained model as plain arrays, beside what finds and weighs its features. */
export interface EncodedNetwork extends PortableNetwork {
  readonly featurizer: FeatureEncoder;
}

const checkNetwork = fields({ description: anObject, layers: anObject });

/** A trained model that computes in plain JavaScript wherever that runs; see `sumRows` for how it rounds. */
export class PortableClassifier extends BaseClassifier {
  readonly engine = 'portable';
  readonly description: ModelDescription;
  readonly featurizer: FeatureEncoder;
  readonly names: FeatureNames | null;
  readonly notes: readonly string[];
  readonly loss: LossForm;
  readonly isMerged: boolean;
  readonly activeAdapters: readonly string[];
  /** The layers without the branch. @internal for other threads */
  protected readonly layersAlone: PortableLayers;
  /** @internal for other threads */
  protected readonly branch: Branch | null;
  #layers: PortableLayers | undefined;

  /**
   * @param parts are used as they are, not copied
   * @param tokenizer where it is one of the program's own and what finds the features is still to be made
   */
  constructor(parts: PortableParts | EncodedNetwork, tokenizer?: OwnTokenizer) {
    super();
    checkNetwork(parts, 'parts');
    const { description, layers, branch = null, names = null, notes = [], loss = 'logits' } = parts;
    const { isMerged = false, activeAdapters = [] } = parts;
    this.description = description;
    this.featurizer = 'featurizer' in parts ? parts.featurizer : encoderOf(parts, tokenizer);
    this.names = names;
    this.notes = notes;
    this.loss = loss;
    this.isMerged = isMerged;
    this.activeAdapters = activeAdapters;
    this.layersAlone = layers;
    this.branch = branch;
  }

  /** The layers, with a branch worked into them. */
  get layers(): PortableLayers {
    return (this.#layers ??= withBranchIn(this.layersAlone, this.branch));
  }

  get features(): number {
    const { weight, bias } = this.layersAlone.first;
    return weight.length / bias.length;
  }

  /** What makes the same classifier; a branch is worked into the layers. */
  get parts(): PortableParts {
    const { description, featurizer, layers, names, notes, loss, isMerged } = this;
    const { index, weights } = featurizer;
    return { description, index: index.tables, weights, layers, names, notes, loss, isMerged };
  }

  logitsOfEncoded(encoded: EncodedTexts, values: FeatureValues = this.featurizer): Float64Array {
    const { options, weights } = values;
    return finite('logits', this.upperLayers(this.#firstLayer(encoded, { ...options, weights })));
  }

  #firstLayer(encoded: EncodedTexts, values: Values): Float64Array {
    const { weight, bias } = this.layersAlone.first;
    const texts = checkedTexts(encoded, this.features);
    const sums = sumRows(texts, values, weight, bias);
    if (this.branch !== null) addBranch(sums, texts, values, this.branch);
    return sums;
  }

  evaluateEncoded(encoded: EncodedTexts, labels: Int32Array, loss: LossForm): LabelledLosses {
    const logits = this.logitsOfEncoded(encoded);
    return { logits, ...sumLosses(logits, labels, loss) };
  }

  firstLayer(ids: Int32Array, offsets: Int32Array): Float64Array {
    return this.#firstLayer({ ids, offsets, counts: null }, { normalize: false, gain: 1, weights: null });
  }

  upperLayers(preactivations: Float64Array): Float64Array {
    const { output } = this.layersAlone;
    return output === null ? preactivations : rectifiedLinear(preactivations, output.weight, output.bias);
  }

  /** Does nothing: all memory is JavaScript's. */
  dispose(): void {
    // The garbage collector frees it.
  }
}

function withBranchIn({ first, output }: PortableLayers, branch: Branch | null): PortableLayers {
  return branch === null
    ? { first, output }
    : { first: { ...first, weight: withBranch(first.weight, branch) }, output };
}

function encoderOf({ description, index: tables, weights }: PortableParts, tokenizer?: OwnTokenizer): FeatureEncoder {
  anObject(tables, 'parts.index');
  return new FeatureEncoder({ options: description.features, tables, weights, tokenizer });
}
