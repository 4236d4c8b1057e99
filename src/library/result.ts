import type { RunContents } from '../experiments/run_contents.js';
import type { ModelAnalysis } from '../experiments/model_analysis.js';
import type { Unsaved } from '../experiments/run_documents.js';
import { TextClassifier } from '../model/text_classifier.js';
import type { OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import type { LoraDocument, TrainDocument } from '../storage/run_document.js';

/** What is to be written beside the document. */
interface Kept {
  readonly contents: RunContents;
  readonly command: 'train' | 'lora';
  readonly ownTokenizer: OwnTokenizer | undefined;
  /** The lines of `metrics.jsonl` and of `tried.jsonl`. */
  readonly metrics: readonly object[];
  readonly tried: readonly object[];
}

const kept = new WeakMap<object, Kept>();

/** The document that `train --json` prints, but for the run directory, which there is none of yet. */
export type TrainResult = Readonly<Unsaved<TrainDocument> & ModelAnalysis>;

/** The document that `lora --json` prints, but for the run directory, which there is none of yet. */
export type LoraResult = Readonly<Unsaved<LoraDocument> & ModelAnalysis>;

/** Makes the result of a call, to which the model belongs. */
export function resultOf<Document extends TrainDocument | LoraDocument>(
  contents: RunContents<Document>,
  others: Omit<Kept, 'contents'>,
): Readonly<Unsaved<Document> & ModelAnalysis> {
  const document = Object.freeze({ ...contents.document });
  kept.set(document, { ...others, contents: contents });
  return document;
}

/** Returns what belongs to a result. @throws TypeError when it is none, or a copy of one */
export function keptOf(result: unknown): Kept {
  const found = typeof result === 'object' && result !== null ? kept.get(result) : undefined;
  if (found !== undefined) return found;
  const message =
    'Expected a result as train, tune or lora returns it, and no copy, for result but received another value';
  throw Object.assign(new TypeError(message), { code: 'ERR_ARG_TYPE' });
}

/**
 * Makes a classifier of what was trained, without a run directory: of a fine-tuning with its adapter in use.
 * @throws TypeError when it is no result
 */
export function classifierOf(result: TrainResult | LoraResult): TextClassifier {
  const { contents, ownTokenizer } = keptOf(result);
  return TextClassifier.create(contents.model, contents.adapter, { tokenizer: ownTokenizer, loss: contents.loss });
}
