import { readRun } from '../storage/read_run.js';
import { optionsFromHere } from '../storage/recorded_paths.js';
import type { Base } from './base.js';
import { byKeys, type ExperimentSettings } from './settings.js';
import { isImdb } from './settle.js';

/** Reads the run that fine-tuning starts from. @throws ImdbTorchError ERR_RUN when it is no complete one */
export async function readBase(path: string): Promise<Base> {
  const run = await readRun(path);
  const { data, train } = byKeys(optionsFromHere(run.run)).values as Partial<ExperimentSettings>;
  return { path, run, isImdb: await isImdb({ data, train }) };
}
