// Runs in a thread of its own; see `prepareAddonBeside`.
import { workerData } from 'node:worker_threads';

process.dlopen({ exports: {} }, String(workerData));
