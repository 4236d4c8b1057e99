import { createPortable } from '../../model/open_portable.js';
import type { ModelParts } from '../../model/model_parts.js';
import { TextClassifier } from '../../model/text_classifier.js';
import { byClass } from '../../portable/by_class.js';
import type { BaseClassifier } from '../../portable/base_classifier.js';
import { explainText } from '../../portable/explanation.js';
import type { Adapter } from '../../storage/adapter.js';
import type { Calibration } from '../../storage/model_description.js';
import { notebookFeatures, type FeatureOptions } from '../../text/features.js';
import { Comparisons, toleranceOf } from './comparisons.js';
import { modelPartsOf, plainAdapter, wordOf } from './portable_parts.js';
import type { ReferenceCase } from './reference_cases.js';
import { int32Of } from './tensors.js';

interface AnswerFacts {
  vocabulary: number;
  hidden: number;
  classes: number;
  counted: boolean;
  normalize: FeatureOptions['normalize'];
  gain: number;
  calibration: Calibration | null;
  /** The offsets of the classes. */
  decision: readonly number[] | null;
  adapter: { alpha: number; useRslora: boolean; useDora: boolean } | null;
  terms: number;
}

type Reference = ReferenceCase<AnswerFacts>;

/** Recomputes what models say of texts with the addon. */
export function recomputeAnswers(reference: Reference): Comparisons {
  using classifier = TextClassifier.create(partsOf(reference), adapterOf(reference));
  return compareAnswers(reference, classifier);
}

/** Recomputes the same in plain JavaScript. */
export function recomputePortableAnswers(reference: Reference): Comparisons {
  return compareAnswers(reference, createPortable(partsOf(reference), adapterOf(reference)));
}

function partsOf(reference: Reference): ModelParts {
  const { vocabulary, counted, normalize, gain, calibration, decision } = reference.facts;
  const isWeighted = reference.has('weights');
  const parts = modelPartsOf(reference, reference.facts);
  const features = { ...notebookFeatures, tokenizer: 'words-and-punctuation', vocabularySize: vocabulary } as const;
  const weighting = isWeighted ? 'naive-bayes' : 'none';
  return {
    ...parts,
    description: {
      ...{ ...parts.description, calibration, ...(decision && { decision: { offsets: decision } }) },
      features: { ...features, counts: counted ? 'counts' : 'binary', weighting, normalize, gain },
    },
    tensors: isWeighted ? new Map([...parts.tensors, ['features.weight', reference.get('weights')]]) : parts.tensors,
  };
}

function adapterOf(reference: Reference): Adapter | null {
  const { adapter, calibration, decision } = reference.facts;
  if (adapter === null) return null;
  const fitted = { calibration, ...(decision && { decision: { offsets: decision } }) };
  return { ...plainAdapter(reference, adapter), ...fitted };
}

function compareAnswers(reference: Reference, classifier: BaseClassifier): Comparisons {
  const { classes } = classifier;
  const comparisons = new Comparisons();
  const texts = textsOf(reference);
  const tolerance = toleranceOf('float32', reference.facts.terms);
  const compare = (role: string, values: ArrayLike<number>, allowed = tolerance): void => {
    comparisons.values(role, values, reference.get(role), allowed);
  };
  const logits = classifier.logits(texts);
  const probabilities = classifier.probabilities(logits);
  compare('logits', logits);
  compare('probabilities', probabilities);
  const predictions = classifier.predict(texts);
  const labels = predictions.map(({ label }) => classes.indexOf(label));
  compare('label', labels, 0);
  const own = predictions.map((_, text) => probabilities.subarray(text * classes.length, (text + 1) * classes.length));
  const said = predictions.map(({ probability, probabilities: all }) => ({ probability, all }));
  const expected = own.map((row, text) => ({ probability: row[labels[text] ?? -1], all: byClass(classes, row) }));
  comparisons.same('what is said of the texts', JSON.stringify(said), JSON.stringify(expected));
  const { words } = explainText(classifier, texts[everyWord] ?? '');
  compare('effects', Float64Array.from(words.flatMap(({ effects }) => effects)));
  return comparisons;
}

/** The number of the text that has all words. */
const everyWord = 2;

/** Returns the texts of a case, in which each word stands as often as it counts. */
function textsOf(reference: Reference): string[] {
  const [ids, offsets] = [int32Of(reference.get('ids')), int32Of(reference.get('offsets'))];
  const counts = reference.facts.counted ? int32Of(reference.get('counts')) : ids.map(() => 1);
  const words = Array.from(ids, (id, k) => Array.from({ length: counts[k] ?? 0 }, () => wordOf(id)));
  return Array.from(offsets.subarray(1), (end, text) => words.slice(offsets[text], end).flat().join(' '));
}
