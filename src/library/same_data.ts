import { existsSync } from 'node:fs';
import type { Dataset } from '../data/dataset.js';
import { isGlob } from '../data/files/globs.js';
import { ImdbTorchError } from '../errors.js';
import { absolutePaths, optionsFromHere, resolveList } from '../storage/recorded_paths.js';
import type { RunDocument } from '../storage/run_document.js';

/** A run, and what messages call it. */
export interface NamedRun {
  readonly path: string;
  readonly run: RunDocument;
}

/** @throws ImdbTorchError ERR_DATASET when a file or folder of the run is gone */
export function assertThere({ path, run }: NamedRun): void {
  if (run.data?.kind === 'rows') throw ofRows(path);
  const gone = Object.values(absolutePaths(optionsFromHere(run)))
    .flat()
    .flatMap(resolveList)
    .find((file) => !isGlob(file) && !existsSync(file));
  if (gone === undefined) return;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected the data of the run ${path} at ${gone} but nothing is there; put them back, or name data with --data.`,
  );
}

function ofRows(path: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected data in files but the run ${path} was made with rows of a program, which are in none; name data with --data where the command has it, or ask in the program, with evaluate and compare.`,
  );
}

/** @throws ImdbTorchError ERR_DATASET when the data are not those that the run was made with */
export function assertSameData({ path, run: { data } }: NamedRun, { source, textsSha256 }: Dataset): void {
  if (data === undefined || data.sha256 === source.sha256) return;
  // The hash of a folder depends on the times of its files.
  if (textsSha256 !== null && textsSha256 === data.textsSha256) return;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected the data that the run ${path} was made with (SHA-256 ${data.sha256.slice(0, 12)}...) but received ` +
      `${source.location}, which has changed since (${source.sha256.slice(0, 12)}...); put them back, or name ` +
      'this or other data with --data.',
  );
}
