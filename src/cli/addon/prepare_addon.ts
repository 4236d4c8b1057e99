import { ensureAddon } from '../../setup/addon.js';
import { loadAddonBeside } from './load_addon.js';
import type { Terminal } from '../terminal.js';

/** Builds the addon when there is none yet, and loads it. */
export async function prepareAddon(terminal: Terminal, signal: AbortSignal): Promise<void> {
  await ensure(terminal, signal);
  await loadAddon();
}

/** Does what `prepareAddon` does beside other work of this thread: libtorch is loaded in another. */
export async function prepareAddonBeside(terminal: Terminal, signal: AbortSignal): Promise<void> {
  await loadAddonBeside(await ensure(terminal, signal));
  await loadAddon();
}

async function ensure(terminal: Terminal, signal: AbortSignal): Promise<string> {
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  return (await ensureAddon({ onProgress, signal })).path;
}

/** Loads the addon that is there; the process then ends sooner. */
export async function loadAddon(): Promise<void> {
  const { native } = await import('../../binding.js');
  native.skipStaticDestructors();
}
