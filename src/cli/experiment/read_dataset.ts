import { ImdbTorchError } from '../../errors.js';
import { readDataset, type Dataset } from '../../data/dataset.js';
import type { DataChoice } from '../../settings/data_choice.js';
import { describeRead } from '../../report/console/describe_run.js';
import { prepareAddonBeside } from '../addon/prepare_addon.js';
import type { Terminal } from '../terminal.js';

/** Reads the reviews and gets the native addon ready, at once; when one fails, the other is given up. */
export async function prepare(
  load: (signal: AbortSignal) => Promise<Dataset>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Dataset> {
  const failure = new AbortController();
  const shared = AbortSignal.any([signal, failure.signal]);
  const abortOther = (error: unknown): never => {
    failure.abort(error);
    throw error;
  };
  const [, dataset] = await Promise.all([
    prepareAddonBeside(terminal, shared).catch(abortOther),
    load(shared).catch(abortOther),
  ]);
  return dataset;
}

/** Reads the reviews, saying how far it is. */
export async function readData(choice: DataChoice, terminal: Terminal, signal: AbortSignal): Promise<Dataset> {
  const begun = performance.now();
  const labels = { download: 'Fetching the reviews', read: 'Reading', encode: 'Encoding' } as const;
  const dataset = await readDataset({
    ...choice,
    signal,
    onProgress: ({ stage, done, total, unit }) => {
      const seconds = (performance.now() - begun) / 1000;
      terminal.progress({ label: labels[stage], done, total, unit, seconds });
    },
  });
  terminal.clearProgress();
  const { first, notLookedAt, notes } = describeRead(dataset);
  if (dataset.badRows.count > 0) terminal.warn(first);
  else terminal.say(first);
  terminal.say(...notLookedAt);
  terminal.warn(...notes);
  if (dataset.cacheProblem !== null) terminal.note(dataset.cacheProblem);
  return dataset;
}

/** Does what `readData` does, but takes the embedded sample where the reviews of IMDb cannot be had. */
export async function readDataOrSample(choice: DataChoice, terminal: Terminal, signal: AbortSignal): Promise<Dataset> {
  try {
    return await readData(choice, terminal, signal);
  } catch (error) {
    if (!(error instanceof ImdbTorchError && error.code === 'ERR_DOWNLOAD')) throw error;
    terminal.note(`The IMDb reviews cannot be fetched: ${error.message}`);
    terminal.note('Going on with the embedded sample, whose reviews are made up: its figures are not those of IMDb.');
    return readData({ ...choice, data: 'sample' }, terminal, signal);
  }
}
