import { Worker } from 'node:worker_threads';

let thread: { worker: Worker; ended: Promise<void> } | undefined;

/** Starts the thread of `loadAddonBeside`, where there is time for it before the path of the addon is known. */
export function startAddonThread(): void {
  thread ??= start();
}

/** Loads the native addon in another thread: libtorch takes half a second. What goes wrong there goes wrong again here. */
export async function loadAddonBeside(path: string): Promise<void> {
  const { worker, ended } = (thread ??= start());
  worker.ref();
  worker.postMessage(path);
  await ended;
}

function start(): NonNullable<typeof thread> {
  const worker = new Worker(new URL('./addon_worker.js', import.meta.url));
  const ended = new Promise<void>((resolve) => {
    worker.on('error', () => undefined);
    for (const event of ['message', 'exit']) {
      worker.once(event, () => {
        resolve();
      });
    }
  });
  // A command that ends before it needs the addon does not wait. Listeners would undo this if they came later.
  worker.unref();
  return { worker, ended };
}
