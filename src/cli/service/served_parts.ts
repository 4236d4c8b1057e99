import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ApiKeys } from '../../serve/api_keys.js';
import { filesOfModel } from '../../serve/file_state.js';
import type { Models } from '../../serve/models.js';
import type { Reloadable } from '../../serve/reloading.js';
import { openRunBeside } from '../../serve/opening_thread.js';
import { openRun, type ServedRunOptions } from '../../serve/served_model.js';
import type { NamedRun } from './named_runs.js';

/** Returns the models that are served, and how each is read into its place. @param tell is told the notes on them */
export function modelParts(
  runs: readonly NamedRun[],
  models: Models,
  { adapter, decision, engine, threads }: Pick<ServedRunOptions, 'adapter' | 'decision' | 'engine' | 'threads'>,
  tell: (line: string) => void,
): Reloadable[] {
  const isOfRun = adapter === undefined || ['off', 'on', 'merged'].includes(adapter);
  return runs.map(({ name, run }) => ({
    what: `the model ${name}`,
    files: () => filesOfModel(run, isOfRun ? undefined : adapter),
    read: async () => {
      const open = models.has(name) ? openRunBeside : openRun;
      const model = await open(await behindLinks(run), { name, adapter, decision, engine, threads });
      for (const note of model.notes) tell(note);
      models.put(name, model);
    },
  }));
}

/** Returns the keys of a file, and how they are read into their place. */
export function keyPart(keys: ApiKeys, path: string, tell: (line: string) => void): Reloadable {
  return {
    what: `the keys of ${path}`,
    files: () => [path],
    read: async () => {
      for (const note of await keys.read()) tell(note);
    },
  };
}

/** Returns where a path leads now: a link that is moved while files are read must not mix two runs. */
async function behindLinks(path: string): Promise<string> {
  const real = await realpath(path).catch(() => path);
  return real === resolve(path) ? path : real;
}
