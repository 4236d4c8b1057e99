import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { adapterConfigName, adapterFolder } from '../storage/adapter.js';
import type { ModelDescription } from '../storage/model_description.js';
import { readDescription } from '../storage/read_run.js';

/** What is fitted to the logits of a model: how they become probabilities, and how these become a class. */
type FittedToLogits = Pick<ModelDescription, 'calibration' | 'decision'>;

/**
 * Finds the calibration and the decision of a run's model with the adapter that is in use. They count only for the
 * logits that they were fitted to: those with the adapter of their own run, or without one.
 * @param path the run, whose `model.json` is `description`
 * @param adapter the folder of the adapter; null: the model alone
 * @param baseSha256 SHA-256 of the run's `model.safetensors`; may be null without an adapter
 * @returns what is known, with notes on what of the run does not count
 */
export async function fittedFor(
  path: string,
  { calibration, decision }: ModelDescription,
  adapter: string | null,
  baseSha256: string | null,
): Promise<{ fitted: FittedToLogits; notes: string[] }> {
  const own = join(path, adapterFolder);
  const ownAdapter = existsSync(join(own, adapterConfigName)) ? resolve(own) : null;
  const wanted = adapter === null ? null : resolve(adapter);
  const usual = fittedOf({ calibration, decision });
  if (wanted === ownAdapter) return { fitted: usual, notes: [] };
  const fitted = (wanted === null ? null : await fittedBeside(wanted, baseSha256)) ?? { calibration: null };
  const how = ownAdapter === null ? 'without an adapter' : 'with its own adapter';
  const notes: string[] = [];
  if (calibration !== null && fitted.calibration === null) {
    notes.push(
      `The calibration of ${path} was fitted ${how} and does not count here: probabilities are the model's own.`,
    );
  }
  if (decision !== undefined && fitted.decision === undefined) {
    notes.push(
      `The thresholds of ${path} were fitted ${how} and do not count here: the most probable class is predicted.`,
    );
  }
  return { fitted, notes };
}

/** Reads what was fitted in the run that an adapter is from, where that run has the same base. */
async function fittedBeside(adapter: string, baseSha256: string | null): Promise<FittedToLogits | null> {
  if (basename(adapter) !== adapterFolder) return null;
  const description = await readDescription(dirname(adapter));
  return description?.base === baseSha256 ? fittedOf(description) : null;
}

function fittedOf({
  calibration,
  decision,
}: {
  calibration: FittedToLogits['calibration'];
  decision?: FittedToLogits['decision'] | undefined;
}): FittedToLogits {
  return { calibration, ...(decision && { decision }) };
}
