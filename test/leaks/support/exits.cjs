/**
 * Ends the process in the way that the argument names, with objects alive.
 * usage: node exits.cjs ADDON WAY
 */
'use strict';
const { Worker } = require('node:worker_threads');
const { create, train } = require('./program.cjs');

const [, , addon, way] = process.argv;
const native = require(addon);
const objects = create(native);
train(objects);
globalThis.kept = objects;

/** Calls into the addon, which calls `inside` when it reads an option. */
function callback(inside) {
  const options = { loss: 'logits' };
  Object.defineProperty(options, 'batchSize', { get: inside });
  objects.classifier.trainBatches(objects.bags, Int32Array.of(0), options);
}

const trainInWorker = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { create, train } = require(workerData.program);
  const objects = create(require(workerData.addon));
  parentPort.postMessage('started');
  for (;;) train(objects);`;

const ways = {
  end: () => undefined,
  exit: () => process.exit(3),
  exitInCallback: () => callback(() => process.exit(4)),
  exitInTimer: () => setTimeout(() => process.exit(5), 1),
  exitWhileWorkerTrains: () => {
    const workerData = { addon, program: require.resolve('./program.cjs') };
    new Worker(trainInWorker, { eval: true, workerData }).once('message', () => process.exit(6));
  },
  exitWithoutDestructors: () => {
    native.skipStaticDestructors();
    process.stdout.write('said before', () => process.exit(7));
  },
  useAtExit: () => process.on('exit', () => train(objects)),
  uncaught: () => {
    throw new Error('thrown at last');
  },
  uncaughtInCallback: () => {
    callback(() => {
      throw new Error('thrown at last');
    });
  },
  uncaughtOfAddon: () => objects.classifier.forward(1),
  rejected: () => Promise.reject(new Error('thrown at last')),
  terminated: () => {
    setInterval(() => train(objects), 1);
    process.kill(process.pid, 'SIGTERM');
  },
};

ways[way]();
