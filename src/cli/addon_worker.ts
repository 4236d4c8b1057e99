// Runs in a thread of its own; see `beginToLoadAddon`.
import { parentPort } from 'node:worker_threads';
import { findAddon } from '../setup/addon.js';

process.dlopen({ exports: {} }, findAddon());
parentPort?.postMessage(null);
