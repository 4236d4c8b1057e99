import type { Floats } from '../portable/numbers/sparse_sums.js';
import { PortableClassifier, type EncodedNetwork, type PortableLayers } from '../portable/portable_classifier.js';
import { Featurizer } from '../text/featurizer.js';
import { sharedFloat32, sharedFloat64 } from '../text/shared_memory.js';
import { assertSameTokenizer } from '../text/tokens/own_tokenizer.js';
import { checkPortableOpening, type TextClassifierOptions } from './opening.js';
import type { RunClassifier } from './run_classifier.js';
import { checkSharedPortable, type SharedPortable } from './shared_portable.js';

/** The trained model of a run directory that computes in plain JavaScript, with the vocabulary of the run at hand. */
export class PortableRun extends PortableClassifier implements RunClassifier {
  declare readonly featurizer: Featurizer;

  /** @param parts are used as they are, not copied @internal */
  constructor(parts: EncodedNetwork & { readonly featurizer: Featurizer }) {
    super({ ...parts, names: parts.featurizer.vocabulary });
  }

  /**
   * Makes a classifier of what `share` has returned in another thread, with the same predictions, bit for bit.
   * @param options the tokenizer where it is one of the program's own, which has to be made in each thread
   * @throws ERR_TOKENIZER when it is another than the one that the model was trained with
   */
  static fromShared(shared: SharedPortable, options: Pick<TextClassifierOptions, 'tokenizer'> = {}): PortableRun {
    checkSharedPortable(shared, 'shared');
    checkPortableOpening(options, 'options');
    assertSameTokenizer(shared.featurizer.options.tokenizer, options.tokenizer);
    return new PortableRun({ ...shared, featurizer: Featurizer.fromShared(shared.featurizer, options.tokenizer) });
  }

  /**
   * Copies the classifier to where all threads reach it: `workerData` and `postMessage` take what it returns without
   * copying the features, their index or the layers.
   */
  share(): SharedPortable {
    const { description, featurizer, layersAlone, branch, notes, loss, activeAdapters, isMerged } = this;
    return {
      ...{ description, featurizer: featurizer.share(), layers: sharedLayers(layersAlone) },
      branch: branch && { ...branch, down: sharedFloats(branch.down), up: sharedFloats(branch.up) },
      ...{ notes, loss, activeAdapters, isMerged },
    };
  }
}

function sharedLayers({ first, output }: PortableLayers): PortableLayers {
  return { first: sharedLayer(first), output: output && sharedLayer(output) };
}

function sharedLayer({ weight, bias }: PortableLayers['first']): PortableLayers['first'] {
  return { weight: sharedFloats(weight), bias: sharedFloats(bias) };
}

function sharedFloats(floats: Floats): Floats {
  return floats instanceof Float32Array ? sharedFloat32(floats) : sharedFloat64(floats);
}
