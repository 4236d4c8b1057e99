import type { Reviews } from '../../data/splits/reviews.js';
import { readModelFile, type Precision } from '../../portable/model_file.js';
import { PortableClassifier } from '../../portable/portable_classifier.js';
import { hasUnknown } from '../../text/features.js';
import type { Metrics } from '../../training/evaluation.js';
import { evaluateLabelled } from '../../training/labelled_evaluation.js';
import { fitSize, type FitOptions, type SizedFile } from './fit_size.js';
import { byImportance, frequenciesOf, strengthsOf } from './numbers/effects.js';
import { keptOf } from './numbers/kept_reviews.js';
import { prepareModel, type NamedParts, type WrittenModel } from './write_model_file.js';

/** What the precision and the features that are left out cost, on reviews. */
export interface ExportCost {
  /** Of the model as it is. */
  readonly before: Metrics;
  /** Of the model in the file. */
  readonly after: Metrics;
  /** The number of reviews. */
  readonly reviews: number;
  /** How many of them get another label. */
  readonly changed: number;
}

/** A model as a `model.bin`. */
export interface ExportedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What gzip makes of it. */
  readonly compressed: Uint8Array;
  /** The number of features of the model, and of those that are in the file. */
  readonly features: number;
  readonly kept: number;
  readonly precision: Precision;
  /** Null: there were no reviews to measure it on. */
  readonly cost: ExportCost | null;
}

export interface ExportModelOptions extends Pick<FitOptions, 'precision' | 'signal' | 'onProgress'> {
  /** The greatest size in bytes, gzipped. The features that matter least are left out until the file has it. */
  readonly maxSize?: number | undefined;
  /**
   * Reviews with the ids of the model, as a rule those of the validation set: they say which features matter, with how
   * often texts have each, and what the file costs. Null: all features count as if they were equally frequent.
   */
  readonly reviews: Reviews | null;
}

/**
 * Makes a `model.bin` of a model, and measures what that costs.
 * @throws ImdbTorchError ERR_USAGE when not even one feature fits into `maxSize`; the reason of `signal`
 */
export async function exportModel(parts: NamedParts, options: ExportModelOptions): Promise<ExportedModel> {
  const { precision, maxSize, reviews, signal, onProgress } = options;
  const { size } = parts.names;
  const frequencies = frequenciesOf(reviews?.ids ?? [], size);
  const model = prepareModel(parts, frequencies);
  const order = byImportance(strengthsOf(model.effects, parts.layers), frequencies);
  const file = await fitSize(model, { precision, maxSize, order, signal, onProgress });
  const cost = reviews && (await costOf(model, file, reviews, signal));
  const { bytes, compressed, ids } = file;
  return { bytes, compressed, features: size, kept: ids.length, precision, cost };
}

async function costOf(
  { parts, sequences }: WrittenModel,
  { bytes, ids }: SizedFile,
  reviews: Reviews,
  signal: AbortSignal | undefined,
): Promise<ExportCost> {
  const { loss = 'logits', description } = parts;
  const kept = keptOf(reviews, { ids, sequences, hasUnknown: hasUnknown(description.features) });
  const before = await evaluateLabelled(new PortableClassifier(parts), reviews, { loss, signal });
  const read = new PortableClassifier(readModelFile(bytes));
  const after = await evaluateLabelled(read, { ...reviews, ...kept }, { loss, signal });
  const changed = after.predictions.predicted?.reduce(
    (count, label, review) => count + Number(label !== before.predictions.predicted?.[review]),
    0,
  );
  return { before: before.metrics, after: after.metrics, reviews: reviews.labels.length, changed: changed ?? 0 };
}
