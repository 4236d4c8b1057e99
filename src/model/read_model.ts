import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adapterConfigName, adapterFolder, type Adapter } from '../storage/adapter.js';
import { modelPath, readRun } from '../storage/read_run.js';
import { lossOf, type RunDocument } from '../storage/run_document.js';
import { hashFile } from '../system/file_hash.js';
import { fittedFor } from './adapter_calibration.js';
import { withFitted } from './adapter_task.js';
import { shapesOf, type ModelParts } from './model_parts.js';
import type { LossForm } from './native.js';

/** What a classifier is made of. */
export interface ReadModel {
  parts: ModelParts;
  /** The document of `run.json`. */
  run: RunDocument;
  /** Null: the model alone. */
  adapter: Adapter | null;
  /** SHA-256 of the model's file, where it is known. */
  baseSha256?: string;
  notes?: readonly string[];
  /** The form of the loss of its training. */
  loss: LossForm;
  /** Whether the model has the run's adapter in its parameters. */
  isMerged?: boolean;
}

/**
 * Reads the model of a run directory.
 * @param chosen `merged`, `on`, `off` or the folder of an adapter
 * @throws what `TextClassifier.open` throws
 */
export async function readModel(path: string, chosen: string): Promise<ReadModel> {
  const run = await readRun(path, { model: chosen === 'merged' ? 'merged' : 'model' });
  const told = { run: run.run, loss: lossOf(run.run) };
  if (chosen === 'merged') return { parts: run, adapter: null, ...told, isMerged: true };
  const folder = chosen === 'on' ? join(path, adapterFolder) : chosen === 'off' ? null : chosen;
  if (folder === null) {
    const { alone, notes } = await fittedFor(path, run.description, null, null);
    return { parts: { ...run, description: withFitted(run.description, alone) }, adapter: null, notes, ...told };
  }
  // Only an adapter asks which model it is for, and a model alone is to open fast, without the code for adapters.
  const { readAdapter } = await import('../storage/read_adapter.js');
  const { sha256: baseSha256 } = await hashFile(modelPath(path, 'model'));
  const { unknownKeys, ...read } = await readAdapter(folder, shapesOf(run));
  const { alone, used, notes } = await fittedFor(path, run.description, { folder, adapter: read }, baseSha256);
  const unknown = unknownKeys.map((key) => `${folder}: "${key}" is not known here and does not count.`);
  const parts = { ...run, description: withFitted(run.description, alone) };
  return { parts, adapter: { ...read, ...used }, baseSha256, notes: [...notes, ...unknown], ...told };
}

/** Returns what a run is opened with by default: `merged`, `on` or `off`. */
export function defaultAdapter(path: string): string {
  if (existsSync(modelPath(path, 'merged'))) return 'merged';
  return existsSync(join(path, adapterFolder, adapterConfigName)) ? 'on' : 'off';
}
