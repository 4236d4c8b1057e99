import { ensureAddon } from '../../setup/addon.js';
import { loadAddonBeside } from './load_addon.js';
import type { Terminal } from '../terminal.js';

/** Builds the addon when there is none yet, and loads it; the process then ends sooner. */
export async function prepareAddon(terminal: Terminal, signal: AbortSignal): Promise<void> {
  await ensure(terminal, signal);
  await load();
}

/** Does what `prepareAddon` does beside other work of this thread: libtorch is loaded in another. */
export async function prepareAddonBeside(terminal: Terminal, signal: AbortSignal): Promise<void> {
  await loadAddonBeside(await ensure(terminal, signal));
  await load();
}

async function ensure(terminal: Terminal, signal: AbortSignal): Promise<string> {
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  return (await ensureAddon({ onProgress, signal })).path;
}

async function load(): Promise<void> {
  const { native } = await import('../../binding.js');
  native.skipStaticDestructors();
}
