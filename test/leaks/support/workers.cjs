/**
 * Worker threads that load the addon, in the way that the argument names; prints what came of it as JSON.
 * usage: node workers.cjs ADDON WAY
 */
'use strict';
const { Worker } = require('node:worker_threads');
const { create, train } = require('./program.cjs');

const [, , addon, way] = process.argv;

/** Runs `body(native, program, port)` in a worker. @returns its exit code and its last message */
function inWorker(body) {
  const source = `const { parentPort, workerData } = require('node:worker_threads');
    (${body})(require(workerData.addon), require(workerData.program), parentPort);`;
  const workerData = { addon, program: require.resolve('./program.cjs') };
  const worker = new Worker(source, { eval: true, workerData });
  let message;
  worker.on('message', (value) => (message = value));
  const ended = new Promise((resolve, reject) => {
    worker.on('error', reject).on('exit', (code) => resolve({ code, message }));
  });
  return { worker, ended };
}

const trainAndTell = (native, { create, train }, port) => {
  const objects = create(native);
  port.postMessage({ losses: train(objects), alive: native.liveObjects() > 0 });
};

const ways = {
  /** 50 workers one after the other; the addon is in no other thread meanwhile. */
  async oneByOne() {
    const seen = [];
    for (let count = 0; count < 50; count++) seen.push(JSON.stringify(await inWorker(trainAndTell).ended));
    const native = require(addon);
    const expected = { code: 0, message: { losses: train(create(native)), alive: true } };
    return { workers: seen.length, same: seen.every((one) => one === JSON.stringify(expected)) };
  },
  /** 8 workers at once, and this thread. */
  async atOnce() {
    const running = Array.from({ length: 8 }, () => inWorker(trainAndTell).ended);
    const losses = String(train(create(require(addon))));
    const all = await Promise.all(running);
    return all.map(({ code, message }) => [code, message.alive, String(message.losses) === losses]);
  },
  /** 20 workers that are stopped while they train; the addon works on. */
  async stopped() {
    const codes = new Set();
    for (let count = 0; count < 20; count++) {
      const { worker, ended } = inWorker((native, { create, train }, port) => {
        const objects = create(native);
        port.postMessage('started');
        for (;;) train(objects);
      });
      await new Promise((resolve) => worker.once('message', resolve));
      await new Promise((resolve) => setTimeout(resolve, count));
      await worker.terminate();
      codes.add((await ended).code);
    }
    return { codes: [...codes], losses: train(create(require(addon))).length };
  },
  /** Workers that end themselves inside a callback of the addon, and by an error. */
  async inCallback() {
    const { ended } = inWorker((native, { create }) => {
      const { classifier, bags } = create(native);
      classifier.evaluate(bags, Object.defineProperty({}, 'loss', { get: () => process.exit(7) }));
    });
    const failing = inWorker((native) => native.Tensor.zeros(['x']));
    const error = await failing.ended.catch(({ code }) => code);
    return { code: (await ended).code, error, losses: train(create(require(addon))).length };
  },
  /** Objects that another thread has posted, and those of another copy of the addon. */
  async foreign() {
    const native = require(addon);
    const { worker, ended } = inWorker((native, _, port) => {
      port.once('message', (tensor) => {
        try {
          native.Tensor.ones([2]).add(tensor);
        } catch ({ name, code, message }) {
          port.postMessage({ name, code, message });
        }
      });
    });
    worker.postMessage(native.Tensor.ones([2]));
    return (await ended).message;
  },
};

ways[way]().then((result) => console.log(JSON.stringify(result)));
