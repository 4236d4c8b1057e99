// Runs in a thread of its own; see `loadAddonBeside`.
import { parentPort } from 'node:worker_threads';

parentPort?.once('message', (path: string) => {
  process.dlopen({ exports: {} }, path);
  parentPort?.postMessage(null);
});
