import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ImdbTorchError } from '../../errors.js';

/** A run and the name that it is served under. */
export interface NamedRun {
  readonly name: string;
  readonly run: string;
}

/**
 * Reads runs as the command line has them: RUN, which has the name of its folder, or NAME=RUN.
 * @throws ImdbTorchError ERR_USAGE when two have one name
 */
export function readNamedRuns(given: readonly string[]): NamedRun[] {
  const runs = given.map(readNamedRun);
  const names = runs.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return runs;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a name of its own for each run but received ${JSON.stringify(twice)} twice; write NAME=RUN.`,
  );
}

function readNamedRun(given: string): NamedRun {
  const [, name = '', run = ''] = /^([A-Za-z0-9][\w.-]*)=(.+)$/s.exec(given) ?? [];
  // A folder may be called so.
  if (name === '' || existsSync(given)) return { name: basename(resolve(given)), run: given };
  return { name, run };
}
