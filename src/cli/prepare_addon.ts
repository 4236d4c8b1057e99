import { ensureAddon } from '../setup/addon.js';
import type { Terminal } from './terminal.js';

/** Builds the addon when there is none yet, and loads it; the process then ends sooner. */
export async function prepareAddon(terminal: Terminal, signal: AbortSignal): Promise<void> {
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  await ensureAddon({ onProgress, signal });
  const { native } = await import('../binding.js');
  native.skipStaticDestructors();
}
