import { ensureAddon } from '../setup/addon.js';
import type { Terminal } from './terminal.js';

/** Builds the addon when there is none yet, and loads it. */
export async function prepareAddon(terminal: Terminal, signal: AbortSignal): Promise<void> {
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  await ensureAddon({ onProgress, signal });
  await import('../binding.js');
}
