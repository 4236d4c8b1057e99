import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findAddon } from '../../../src/setup/addon.js';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a script of this folder in a Node of its own: `node FLAGS FILE ADDON ARGUMENTS`. */
export function runScript(
  file: string,
  values: readonly string[],
  { flags = [], environment = {} }: { flags?: readonly string[]; environment?: NodeJS.ProcessEnv } = {},
): Ended {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', ...environment };
  const options = { encoding: 'utf8', timeout: 170_000, env } as const;
  const ended = spawnSync(process.execPath, [...flags, path, findAddon(), ...values], options);
  return { code: ended.status, signal: ended.signal, stdout: ended.stdout, stderr: ended.stderr };
}
