import type { Command } from 'commander';
import { ensureAddon } from '../../setup/addon.js';
import { interruptSignal } from '../interrupt.js';
import { Terminal } from '../terminal.js';

interface SetupOptions {
  libtorch?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description('get libtorch and build the native addon now, rather than on first use')
    .option('--libtorch <folder>', 'use the libtorch, or the torch of a Python, in this folder')
    .option('--force', 'build although the addon is there')
    .option('--json', 'print one JSON document and nothing else on stdout')
    .option('--quiet', 'print no progress')
    .action(setup);
}

async function setup({ libtorch, force = false, json = false, quiet = false }: SetupOptions): Promise<void> {
  const terminal = new Terminal({ json, quiet });
  const begun = performance.now();
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  const addon = await ensureAddon({ libtorch, force, onProgress, signal: interruptSignal() });
  const seconds = (performance.now() - begun) / 1000;
  terminal.say(
    `libtorch ${addon.libtorch.version} in ${addon.libtorch.path}`,
    `The native addon is ${addon.built ? `built, in ${seconds.toFixed(0)} seconds` : 'there already'}: ${addon.path}`,
  );
  terminal.document({ schema: 1, command: 'setup', ...addon, seconds });
}
