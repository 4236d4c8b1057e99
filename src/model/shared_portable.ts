import { aBoolean, aNumber, aString, fields, floats, int32Array, listOf } from '../arguments.js';
import { oneOf, orNull, rangeError, wholeFrom } from '../arguments.js';
import type { LossForm } from '../../binding.js';
import type { Branch } from '../portable/numbers/sparse_sums.js';
import type { PortableLayers } from '../portable/portable_classifier.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { SharedFeaturizer } from '../text/featurizer.js';

/** A portable classifier for other threads, to which structured cloning gives the same memory. */
export interface SharedPortable {
  readonly description: ModelDescription;
  readonly featurizer: SharedFeaturizer;
  readonly layers: PortableLayers;
  readonly branch: Branch | null;
  readonly notes: readonly string[];
  readonly loss: LossForm;
  readonly activeAdapters: readonly string[];
  readonly isMerged: boolean;
}

const layer = fields({ weight: floats, bias: floats });

const checkFields = fields({
  description: fields({ classes: listOf(aString), hidden: wholeFrom(0) }),
  featurizer: fields({ vocabulary: fields({ starts: int32Array }) }),
  layers: fields({ first: layer, output: orNull(layer) }),
  branch: orNull(fields({ down: floats, up: floats, scale: aNumber, rank: wholeFrom(1) })),
  ...{ notes: listOf(aString), loss: oneOf('softmax', 'logits'), activeAdapters: listOf(aString), isMerged: aBoolean },
});

/** @throws TypeError; RangeError with ERR_ARG_RANGE for an array that does not fit the description and the vocabulary */
export function checkSharedPortable(shared: SharedPortable, name: string): void {
  checkFields(shared, name);
  const { description, featurizer, layers, branch } = shared;
  const { hidden, classes } = description;
  const features = featurizer.vocabulary.starts.length - 1;
  const width = hidden === 0 ? classes.length : hidden;
  const { first, output } = layers;
  const rank = branch?.rank ?? 0;
  for (const [array, length, where] of [
    [first.weight, features * width, 'layers.first.weight'],
    [first.bias, width, 'layers.first.bias'],
    [output?.weight, classes.length * hidden, 'layers.output.weight'],
    [output?.bias, hidden === 0 ? 0 : classes.length, 'layers.output.bias'],
    [branch?.down, features * rank, 'branch.down'],
    [branch?.up, width * rank, 'branch.up'],
  ] as const) {
    const received = array?.length ?? 0;
    if (received !== length) throw rangeError(`${length} numbers`, `${name}.${where}`, String(received));
  }
}
