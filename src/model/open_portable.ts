import { aString } from '../arguments.js';
import type { Adapter } from '../storage/adapter.js';
import { featurizerOf } from '../storage/read_run.js';
import type { RunDocument } from '../storage/run_document.js';
import { assertSameTokenizer } from '../text/tokens/own_tokenizer.js';
import { agreeOnTask, assertOfBase, describeWith, withoutDecision } from './adapter_task.js';
import type { ModelParts } from './model_parts.js';
import { checkPortableOpening, type TextClassifierOptions } from './opening.js';
import { PortableRun } from './portable_run.js';
import { defaultAdapter, readModel, type ReadModel } from './read_model.js';
import { layersWith } from './worked_in.js';

export type PortableOptions = Omit<TextClassifierOptions, 'engine' | 'threads'>;

/**
 * Opens a run directory without the addon: the model computes in plain JavaScript, with an adapter worked into its layers.
 * @throws what `TextClassifier.open` throws
 */
export async function openPortable(path: string, options: PortableOptions = {}): Promise<PortableRun> {
  return (await openPortableWithDocument(path, options)).classifier;
}

/** Does what `openPortable` does. @returns the document of `run.json` as well, as it was read with the model */
export async function openPortableWithDocument(
  path: string,
  options: PortableOptions,
): Promise<{ classifier: PortableRun; run: RunDocument }> {
  aString(path, 'path');
  checkPortableOpening(options, 'options');
  const { parts, adapter, run, ...others } = await readModel(path, options.adapter ?? defaultAdapter(path));
  assertSameTokenizer(parts.description.features.tokenizer, options.tokenizer);
  return { classifier: createPortable(parts, adapter, { ...others, ...options }), run };
}

/**
 * Makes a classifier of these parts, with the classes, the calibration and the decision of the adapter where there is one.
 * @throws ERR_RUN when the adapter is for a model with another SHA-256 than `baseSha256`
 */
export function createPortable(
  parts: ModelParts,
  adapter: Adapter | null,
  options: Pick<ReadModel, 'baseSha256' | 'notes' | 'isMerged'> &
    Partial<Pick<ReadModel, 'loss'>> &
    PortableOptions = {},
): PortableRun {
  const { baseSha256 = null, decision = 'fitted', tokenizer, notes, loss, isMerged } = options;
  const name = 'adapter';
  if (adapter !== null) assertOfBase(name, adapter, baseSha256);
  const { classes } = parts.description;
  const described = describeWith(parts.description, adapter && agreeOnTask([{ name, adapter, scale: 1 }], classes));
  const featurizer = featurizerOf(parts, tokenizer);
  const model = {
    description: decision === 'fitted' ? described : withoutDecision(described),
    ...layersWith(parts.tensors, adapter),
    featurizer,
    activeAdapters: adapter === null ? [] : [name],
  };
  return new PortableRun({ ...model, notes, loss, isMerged });
}
