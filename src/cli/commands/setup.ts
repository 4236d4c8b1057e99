import type { Command } from 'commander';
import { formatBytes } from '../../report/format.js';
import { describeOrigin, readOrigin } from '../../setup/addon_origin.js';
import { ensureAddon } from '../../setup/addon.js';
import { pruneCache } from '../../setup/prune.js';
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
  prune: {
    kind: flag,
    default: false,
    help: 'then remove from the cache what only building needs, as for the image of a container',
  },
  ...output,
} as const;

export function defineSetup(command: Command): void {
  addOptions(command, options).action(setup);
}

async function setup(raw: RawOptions): Promise<void> {
  const { libtorch, force, prune, json, quiet } = readOptions(options, raw);
  const terminal = new Terminal({ json, quiet });
  const begun = performance.now();
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  const addon = await ensureAddon({ libtorch, force, onProgress, signal: interruptSignal() });
  const seconds = (performance.now() - begun) / 1000;
  const origin = readOrigin(addon.path);
  terminal.say(
    `libtorch ${addon.libtorch.version} in ${addon.libtorch.path}`,
    `The native addon is ${addon.built ? `built, in ${seconds.toFixed(0)} seconds` : 'there'}: ${addon.path}, ` +
      describeOrigin(origin, addon.libtorch.version),
  );
  const prunedBytes = prune ? await pruneCache() : 0;
  if (prune) terminal.say(`Removed what only building needs: ${formatBytes(prunedBytes)}.`);
  terminal.document({ schema: 1, command: 'setup', ...addon, origin, seconds, prunedBytes });
}
