/** What the portable engine, which only infers, recomputes of the cases of layers and of classifiers. */
import { transposed } from '../../model/numbers/matrices.js';
import { createPortable } from '../../model/open_portable.js';
import type { PortableClassifier } from '../../portable/portable_classifier.js';
import type { FloatDtype, LossForm } from '../../model/native.js';
import type { Adapter } from '../../storage/adapter.js';
import type { EncodedTexts } from '../../text/bag_writer.js';
import { Comparisons, toleranceOf } from './comparisons.js';
import { modelPartsOf, plainAdapter } from './portable_parts.js';
import type { ReferenceCase } from './reference_cases.js';
import { int32Of } from './tensors.js';

/** What belongs to training, and to layers on inputs that are no bags. */
const notInferred = /^(gradient\.|dense\.|bags\.(cotangent|gradient\.|kept$)|loss$|rows$|input$|delta$)/;

interface ClassifierFacts {
  dtype: FloatDtype;
  vocabulary: number;
  hidden: number;
  classes: number;
  alpha: number;
  loss: LossForm;
  mode: 'off' | 'on' | 'both';
  terms: number;
}

/** Recomputes logits and the evaluation of a classifier, with its branch worked into the layers. */
export function recomputePortableClassifier(reference: ReferenceCase<ClassifierFacts>): Comparisons {
  const { dtype, terms, loss, mode, alpha } = reference.facts;
  const comparisons = new Comparisons();
  const adapter = mode === 'off' ? null : plainAdapter(reference, { alpha });
  const classifier = createPortable(modelPartsOf(reference, reference.facts), adapter);
  const labels = int32Of(reference.get('labels'));
  const { logits, lossSum, correct, count } = classifier.evaluateEncoded(encodedOf(reference), labels, loss);
  const tolerance = toleranceOf(dtype, terms);
  comparisons.values('logits', logits, reference.get('logits'), tolerance);
  comparisons.values('lossSum', [lossSum], reference.get('lossSum'), tolerance);
  comparisons.values('correct', [correct], reference.get('correct'), 0);
  comparisons.same('count', count, labels.length);
  reference.leaveOut(notInferred);
  if (adapter === null) reference.leaveOut(/^[AB]$/);
  return comparisons;
}

interface LayerFacts {
  dtype: FloatDtype;
  inFeatures: number;
  outFeatures: number;
  rank?: number;
  alpha?: number;
  /** The factor of the branch; of cases without `useRslora`. */
  scale?: number;
  useRslora?: boolean;
  enabled?: boolean;
  dropout?: number;
  terms: number;
}

/** Recomputes the output of a layer on bags, and the weight with its branch worked in. */
export function recomputePortableLayer(reference: ReferenceCase<LayerFacts>): Comparisons {
  const { dtype, inFeatures, outFeatures, terms, dropout = 0 } = reference.facts;
  const comparisons = new Comparisons();
  const shape = { vocabulary: inFeatures, hidden: 0, classes: outFeatures };
  const adapter = adapterOf(reference);
  const classifier = createPortable(modelPartsOf(reference, shape), adapter);
  // Dropout is of training: what comes out then is another case's.
  if (dropout === 0) {
    const output = classifier.logitsOfEncoded(encodedOf(reference));
    comparisons.values('bags.output', output, reference.get('bags.output'), toleranceOf(dtype, terms));
  } else reference.leaveOut(/^(bags\.output|ids|offsets)$/);
  if (adapter !== null) {
    comparisons.values('merged', weightOf(classifier), reference.get('merged'), toleranceOf(dtype, terms));
  }
  reference.leaveOut(notInferred);
  reference.leaveOut(adapter === null ? /^(labels|[AB])$/ : /^labels$/);
  return comparisons;
}

function adapterOf(reference: ReferenceCase<LayerFacts>): Adapter | null {
  const { rank, alpha, scale, enabled = true, useRslora } = reference.facts;
  if (rank === undefined || alpha === undefined || !enabled) return null;
  return plainAdapter(reference, { alpha, useRslora: useRslora ?? scale !== alpha / rank });
}

function weightOf({ layers }: PortableClassifier): Float32Array | Float64Array {
  const { weight, bias } = layers.first;
  return transposed(weight, weight.length / bias.length);
}

function encodedOf(reference: ReferenceCase): EncodedTexts {
  return { ids: int32Of(reference.get('ids')), offsets: int32Of(reference.get('offsets')), counts: null };
}
