import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { adapterConfigName, adapterFolder, adapterTensorsName, type Adapter } from '../storage/adapter.js';
import type { ModelDescription } from '../storage/model_description.js';
import { readDescription } from '../storage/read_run.js';
import { readMetadata } from '../storage/safetensors_reading.js';
import { withFitted, type FittedToLogits } from './adapter_task.js';

/** What is known of the model that an adapter is for. */
interface Base {
  baseSha256: string | null;
  /** The names of its outputs. */
  classes?: readonly string[] | undefined;
}

/** An adapter that has been read, and its folder. */
interface FoundAdapter {
  folder: string;
  adapter: Adapter;
}

/** What was fitted to a run's model alone, and what with an adapter. */
interface Fitted {
  alone: FittedToLogits;
  /** That of the adapter that is in use, or of the model alone where none is. */
  used: FittedToLogits;
  /** Notes on what of the run does not count. */
  notes: string[];
}

/**
 * Finds the calibration and the decision of a run's model with the adapter that is in use. They count only for the
 * logits that they were fitted to: those with the adapter of their own run, or without one.
 * @param path the run, whose `model.json` is `description`
 * @param found null: the model alone
 * @param baseSha256 SHA-256 of the run's `model.safetensors`; may be null without an adapter
 */
export async function fittedFor(
  path: string,
  description: ModelDescription,
  found: FoundAdapter | null,
  baseSha256: string | null,
): Promise<Fitted> {
  const own = await ownAdapterOf(path, description);
  const usual = fittedOf(description);
  const alone = own.fitted === null ? usual : noFit;
  const used = found === null ? alone : await fittedTo(found, { ...own, baseSha256, classes: description.classes });
  // Nobody expects what was fitted for other classes.
  if (isOfOther(found?.adapter, description)) return { alone, used, notes: [] };
  const how = own.fitted === null ? 'without an adapter' : 'with its own adapter';
  const notes: string[] = [];
  if (usual.calibration !== null && used.calibration === null) {
    notes.push(
      `The calibration of ${path} was fitted ${how} and does not count here: probabilities are the model's own.`,
    );
  }
  if (usual.decision !== undefined && used.decision === undefined) {
    notes.push(
      `The thresholds of ${path} were fitted ${how} and do not count here: the most probable class is predicted.`,
    );
  }
  return { alone, used, notes };
}

/** Returns what a run's `model.json` says of the model alone. */
export async function describeAlone(path: string, description: ModelDescription): Promise<ModelDescription> {
  const { alone } = await fittedFor(path, description, null, null);
  return withFitted(description, alone);
}

function isOfOther(adapter: Adapter | undefined, { classes }: ModelDescription): boolean {
  return adapter?.classes !== undefined && !isDeepStrictEqual(adapter.classes, classes);
}

const noFit: FittedToLogits = { calibration: null };

/**
 * Returns the adapter that a run itself has, and what `model.json` says of it: nothing where the adapter has classes of its
 * own, for what is there was fitted to the model alone then.
 */
async function ownAdapterOf(
  path: string,
  description: ModelDescription,
): Promise<{ folder: string | null; fitted: FittedToLogits | null }> {
  const folder = join(path, adapterFolder);
  if (!existsSync(join(folder, adapterConfigName))) return { folder: null, fitted: null };
  const metadata = await readMetadata(join(folder, adapterTensorsName)).catch(() => new Map<string, string>());
  const classes = metadata.get('classes');
  const isOfModel = classes !== undefined && classes !== JSON.stringify(description.classes);
  return { folder: resolve(folder), fitted: isOfModel ? null : fittedOf(description) };
}

async function fittedTo(
  { folder, adapter }: FoundAdapter,
  own: Base & { folder: string | null; fitted: FittedToLogits | null },
): Promise<FittedToLogits> {
  if (recordsFit(adapter)) return fittedOf({ ...adapter, calibration: adapter.calibration ?? null });
  if (resolve(folder) === own.folder) return own.fitted ?? noFit;
  return (await fittedBeside(folder, adapter, own)) ?? noFit;
}

/** Whether an adapter itself says what was fitted for it. */
export function recordsFit({ calibration, decision }: Adapter): boolean {
  return calibration !== undefined || decision !== undefined;
}

/** Reads what was fitted in the run that an adapter is from, where that run has the same base and classes. */
export async function fittedBeside(
  folder: string,
  { classes }: Pick<Adapter, 'classes'>,
  base: Base,
): Promise<FittedToLogits | null> {
  if (basename(resolve(folder)) !== adapterFolder || base.baseSha256 === null) return null;
  const description = await readDescription(dirname(resolve(folder)));
  if (description?.base !== base.baseSha256) return null;
  const own = classes ?? base.classes;
  return own === undefined || isDeepStrictEqual(own, description.classes) ? fittedOf(description) : null;
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
