import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { adapterConfigName, adapterFolder } from '../storage/adapter.js';
import type { Calibration, ModelDescription } from '../storage/model_description.js';
import { readDescription } from '../storage/read_run.js';

/**
 * Finds the calibration of a run's model with the adapter that is in use. A calibration counts only for the logits that
 * it was fitted to: those with the adapter of its own run, or without one.
 * @param path the run, whose `model.json` is `description`
 * @param adapter the folder of the adapter; null: the model alone
 * @param baseSha256 SHA-256 of the run's `model.safetensors`; may be null without an adapter
 * @returns null where none is known, with a note when that of the run does not count
 */
export async function calibrationFor(
  path: string,
  { calibration: usual }: ModelDescription,
  adapter: string | null,
  baseSha256: string | null,
): Promise<{ calibration: Calibration | null; notes: string[] }> {
  const own = join(path, adapterFolder);
  const ownAdapter = existsSync(join(own, adapterConfigName)) ? resolve(own) : null;
  const wanted = adapter === null ? null : resolve(adapter);
  if (wanted === ownAdapter) return { calibration: usual, notes: [] };
  const calibration = wanted === null ? null : await calibrationBeside(wanted, baseSha256);
  if (usual === null || calibration !== null) return { calibration, notes: [] };
  const how = ownAdapter === null ? 'without an adapter' : 'with its own adapter';
  const note = `The calibration of ${path} was fitted ${how} and does not count here: probabilities are the model's own.`;
  return { calibration, notes: [note] };
}

/** Reads the calibration of the run that an adapter is from, where that run has the same base. */
async function calibrationBeside(adapter: string, baseSha256: string | null): Promise<Calibration | null> {
  if (basename(adapter) !== adapterFolder) return null;
  const description = await readDescription(dirname(adapter));
  return description?.base === baseSha256 ? description.calibration : null;
}
