import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ensureAddon } from '../setup/addon.js';
import type { Terminal } from './terminal.js';

/** Builds the addon when there is none yet, and loads it; the process then ends sooner. */
export async function prepareAddon(terminal: Terminal, signal: AbortSignal): Promise<void> {
  await ensure(terminal, signal);
  await load();
}

/**
 * As `prepareAddon`, beside other work of this thread: libtorch, which takes a third of a second, is loaded in another.
 */
export async function prepareAddonBeside(terminal: Terminal, signal: AbortSignal): Promise<void> {
  const path = await ensure(terminal, signal);
  const worker = new Worker(new URL('./addon_worker.js', import.meta.url), { workerData: path });
  // What goes wrong there goes wrong again here, where it is said.
  worker.on('error', () => undefined);
  await once(worker, 'exit');
  await load();
}

async function ensure(terminal: Terminal, signal: AbortSignal): Promise<string> {
  const onProgress = (line: string): void => {
    terminal.note(line);
  };
  return (await ensureAddon({ onProgress, signal })).path;
}

async function load(): Promise<void> {
  const { native } = await import('../binding.js');
  native.skipStaticDestructors();
}
