import { join } from 'node:path';
import { transposed } from '../../model/numbers/matrices.js';
import type { PortableParts } from '../../portable/portable_classifier.js';
import { featuresName, writeFeatures } from '../../storage/features_file.js';
import { modelDescriptionName } from '../../storage/model_description.js';
import { formatRunDocument } from '../../storage/recorded_files.js';
import type { RunDocument } from '../../storage/run_document.js';
import { writeSafetensors } from '../../storage/safetensors.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { writeVocabulary } from '../../storage/vocabulary_file.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import type { FolderKind } from '../../system/atomic_folder.js';
import type { Vocabulary } from '../../text/vocabulary.js';

const names = ['run.json', modelDescriptionName, 'model.safetensors', 'vocabulary.txt', featuresName] as const;
const command = 'export';

/** A run directory that `export` has made. */
export const slimRun: FolderKind = {
  names,
  mark: { name: 'run.json', start: `{\n  "schema": 1,\n  "command": "${command}"` },
};

/** What a slim run directory is made of. */
export interface SlimRun {
  readonly parts: PortableParts;
  readonly vocabulary: Vocabulary;
  /** The document of the run that it is made from. */
  readonly run: RunDocument;
  /** How good the model was on the test reviews of that run; null: not known, or of another model. */
  readonly test: { readonly loss: number; readonly accuracy: number } | null;
}

/**
 * Writes the files of a run directory that has what predictions and explanations need and nothing else: no adapter, which is
 * in the layers, no figures of epochs, and no paths of the machine that it was trained on.
 */
export async function writeSlimRun(folder: string, { parts, vocabulary, run, test }: SlimRun): Promise<void> {
  const { classes, features } = parts.description;
  await writeVocabulary(join(folder, 'vocabulary.txt'), vocabulary);
  await writeFeatures(join(folder, featuresName), vocabulary, features);
  await writeSafetensors(join(folder, 'model.safetensors'), tensorsOf(parts));
  const described = `${JSON.stringify({ ...parts.description, base: undefined }, null, 2)}\n`;
  await writeFileAtomic(join(folder, modelDescriptionName), [described]);
  const document = {
    schema: 1,
    command,
    classes,
    vocabulary: { ...run.vocabulary, size: vocabulary.size, sha256: vocabulary.sha256 },
    ...(test && { test }),
    options: { ...howReviewsAreRead(run), loss: parts.loss },
    versions: run.versions,
  };
  await writeFileAtomic(join(folder, 'run.json'), [formatRunDocument(document)]);
}

/** What other reviews are read with, so that they are those that the run itself would read. */
function howReviewsAreRead({ options = {} }: RunDocument): object {
  const { seed, labels } = options;
  return { ...(seed !== undefined && { seed }), ...(labels !== undefined && { labels }) };
}

function tensorsOf({ layers, weights, description }: PortableParts): Map<string, StoredTensor> {
  const { first, output } = layers;
  const width = first.bias.length;
  const features = first.weight.length / width;
  const like = (data: Float32Array | Float64Array): Float32Array | Float64Array =>
    first.weight instanceof Float32Array ? Float32Array.from(data) : Float64Array.from(data);
  const tensor = (data: Float32Array | Float64Array, shape: readonly number[]): StoredTensor => ({
    dtype: data instanceof Float32Array ? 'float32' : 'float64',
    data,
    shape,
  });
  const tensors = new Map([
    ['fc1.weight', tensor(transposed(first.weight, features), [width, features])],
    ['fc1.bias', tensor(like(first.bias), [width])],
  ]);
  if (output !== null) {
    tensors.set('fc2.weight', tensor(like(output.weight), [description.output, width]));
    tensors.set('fc2.bias', tensor(like(output.bias), [description.output]));
  }
  if (weights !== null) tensors.set('features.weight', tensor(like(weights), [features]));
  return tensors;
}
