import { spawnSync } from 'node:child_process';
import { findAddon } from '../../../src/setup/addon.js';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a script of this folder, or source text, in a Node of its own; `process.argv[2]` is the addon's path. */
export function runNode(script: { file: string } | { source: string }, ...flags: string[]): Ended {
  const program = 'file' in script ? [new URL(script.file, import.meta.url).pathname] : ['-e', script.source, '--'];
  // With -e the script has no place in argv, so that the addon would come one place earlier.
  const filler = 'file' in script ? [] : ['-'];
  const environment = { ...process.env, NODE_OPTIONS: '' };
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, ...program, ...filler, findAddon()],
    { encoding: 'utf8', timeout: 170_000, env: environment },
  );
  return { code: status, signal, stdout, stderr };
}
