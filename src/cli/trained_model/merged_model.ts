import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Module } from '../../model/parameters.js';
import type { TextClassifier } from '../../model/text_classifier.js';
import type { MergeComparison } from '../../experiments/merge.js';
import { reportName, writeReport } from '../../report/html/write_report.js';
import { commandLineOf } from '../options/command_line.js';
import { modelPath } from '../../storage/read_run.js';
import { hasSeenAll, type RunDocument } from '../../storage/run_document.js';
import { recordFile } from '../../storage/recorded_files.js';
import { withRunDirectory } from '../../storage/run_directory.js';
import { writeSafetensors } from '../../storage/safetensors.js';
import { outputError } from '../../system/file_errors.js';
import type { Metrics } from '../../training/evaluation.js';

/** A model whose adapter has been merged, and where it comes from. */
export interface MergedModel {
  /** The run of the base, and the document of its `run.json`. */
  path: string;
  run: RunDocument;
  /** SHA-256 of the base's `model.safetensors`. */
  baseSha256: string;
  /** The folder of the adapter. */
  adapter: string;
  classifier: TextClassifier;
  figures: { validation: MergeComparison & { count: number }; test?: Metrics };
}

/** Writes `merged.safetensors` into the run of the base. @returns its path @throws ERR_OUTPUT */
export async function keepMergedModel(merged: MergedModel): Promise<string> {
  const { path, baseSha256, classifier } = merged;
  const file = modelPath(path, 'merged');
  const description = JSON.stringify(classifier.description);
  try {
    await writeSafetensors(file, await moduleOf(merged), { base_sha256: baseSha256, description });
  } catch (error) {
    throw outputError(file, error);
  }
  await recordMergedModel(path);
  return file;
}

/** Has `run.json`, and the report that is made of it, say whether there is a merged model. @throws ERR_OUTPUT */
export async function recordMergedModel(run: string): Promise<void> {
  try {
    await recordFile(run, basename(modelPath(run, 'merged')));
    if (existsSync(join(run, reportName))) await writeReport([run], undefined, commandLineOf);
  } catch (error) {
    throw outputError(run, error);
  }
}

/** Writes a run directory whose model is the merged one. @returns its path @throws ERR_OUTPUT */
export async function writeMergedRun(merged: MergedModel, out: string): Promise<string> {
  const { run, path, adapter, baseSha256, classifier, figures } = merged;
  const { description, featurizer } = classifier;
  const { data, vocabulary, options, paths, seed, dtype } = run;
  const { runVersions } = await import('../../experiments/write_run.js');
  return withRunDirectory({ out, command: 'merge' }, async (directory) => {
    await directory.writeVocabulary(featurizer.vocabulary, description.features);
    await directory.writeModel('model', await moduleOf(merged));
    await directory.writeDescription({ ...description, base: baseSha256 });
    await directory.writeRun({
      schema: 1,
      command: 'merge',
      run: directory.path,
      base: { run: path, sha256: baseSha256, seenValidation: hasSeenAll(run) },
      adapter,
      ...figures,
      classes: classifier.classes,
      ...{ data, vocabulary, options, seed, dtype },
      paths: { ...paths, base: resolve(path), adapter: resolve(adapter) },
      argv: process.argv.slice(2),
      versions: runVersions(),
      files: await directory.listFiles(),
    });
    return directory.path;
  });
}

/** Returns what the model's file holds: the parameters, and the weights of the features where they have some. */
async function moduleOf({ classifier }: MergedModel): Promise<Module> {
  const { readModule } = await import('../../model/parameters.js');
  const { withFeatureWeights } = await import('../../experiments/experiment_model.js');
  return withFeatureWeights(readModule(classifier.model), classifier.featurizer.weights);
}
