import { resolve } from 'node:path';
import { versions } from '../model/native.js';
import { packageVersion } from '../setup/package_root.js';
import { absolutePaths } from '../storage/recorded_paths.js';
import type { StoredFile } from '../storage/recorded_files.js';
import type { RunDirectory } from '../storage/run_directory.js';
import type { LoraDocument, RunDocument, TrainDocument } from '../storage/run_document.js';
import type { ModelAnalysis } from './model_analysis.js';
import type { RunContents } from './run_contents.js';

/** The document of a run that has been written, and its files. */
export type Saved<Document> = Document & ModelAnalysis & { readonly files: readonly StoredFile[] };

interface WriteOptions {
  /** The arguments of the command line, with which a report says how to repeat the run; null for a program. */
  readonly argv: readonly string[] | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a run into its directory: vocabulary, model, `model.json`, the adapter and the merged model where it has them, and,
 * at the end, `run.json`, after which the run is complete.
 * @returns the document that `--json` prints
 * @throws ERR_OUTPUT when a file cannot be written; the reason of `signal`
 */
export async function writeRun<Document extends TrainDocument | LoraDocument>(
  directory: RunDirectory,
  contents: RunContents<Document>,
  { argv, signal }: WriteOptions,
): Promise<Saved<Document>> {
  const { config, options, base, seed } = contents;
  if (config !== null) await directory.writeConfig(config);
  await writeModels(directory, contents);
  const files = await directory.listFiles();
  signal?.throwIfAborted();
  const document = { ...contents.document, run: directory.path, files } as unknown as Saved<Document>;
  await directory.writeRun({
    ...document,
    files,
    ...(argv && { argv: [...argv] }),
    options,
    paths: { ...absolutePaths(options), ...(base && { base: resolve(base.path) }) },
    seed,
    versions: runVersions(),
  });
  return document;
}

async function writeModels(
  directory: RunDirectory,
  { model, adapter, merged, mergedDescription }: RunContents,
): Promise<void> {
  const { description, vocabulary, tensors } = model;
  await directory.writeVocabulary(vocabulary, description.features);
  const { sha256: baseSha256 } = await directory.writeModel('model', tensors);
  if (adapter === null) return directory.writeDescription(description);
  await directory.writeAdapter({ ...adapter, baseSha256 });
  await directory.writeDescription({ ...description, base: baseSha256 });
  if (merged === null) return;
  const said = mergedDescription && { description: JSON.stringify({ ...mergedDescription, base: baseSha256 }) };
  await directory.writeModel('merged', merged, { base_sha256: baseSha256, ...said });
}

/** The versions that `run.json` records. */
export function runVersions(): NonNullable<RunDocument['versions']> {
  return { 'imdb-torch': packageVersion(), node: process.versions.node, ...versions() };
}
