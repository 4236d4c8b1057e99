import { Worker } from 'node:worker_threads';

let loading: { worker: Worker; ended: Promise<void> } | undefined;

/**
 * Begins to load the native addon, where it is built, in another thread: libtorch takes half a second. A command that
 * ends early waits for it all the same, so this is for those that will need it.
 */
export function beginToLoadAddon(): void {
  loading ??= load();
}

/** Waits until `beginToLoadAddon`, which it calls, is through. What goes wrong there goes wrong again at the next load. */
export async function addonLoadedBeside(): Promise<void> {
  loading ??= load();
  loading.worker.ref();
  await loading.ended;
}

function load(): NonNullable<typeof loading> {
  const worker = new Worker(new URL('./addon_worker.js', import.meta.url));
  worker.unref();
  const ended = new Promise<void>((resolve) => {
    worker.on('error', () => undefined);
    for (const event of ['message', 'exit']) {
      worker.once(event, () => {
        resolve();
      });
    }
  });
  findPath().then(
    (path) => {
      worker.postMessage(path);
    },
    () => worker.terminate(),
  );
  return { worker, ended };
}

/** Looked up while the worker starts. */
async function findPath(): Promise<string> {
  const { findAddon } = await import('../setup/addon.js');
  return findAddon();
}
