import type { Command } from 'commander';
import { ensureAddon } from '../../setup/addon.js';
import { interruptSignal } from '../interrupt.js';
import { output } from '../options/output_options.js';
import { flag, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { Terminal } from '../terminal.js';

const options = {
  libtorch: {
    kind: optional(text('folder')),
    help: 'use the libtorch, or the torch of a Python, in this folder',
  },
  force: { kind: flag, default: false, help: 'build the addon although it is there' },
  ...output,
} as const;

export function defineSetup(command: Command): void {
  addOptions(command, options).action(setup);
}

async function setup(raw: RawOptions): Promise<void> {
  const { libtorch, force, json, quiet } = readOptions(options, raw);
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
