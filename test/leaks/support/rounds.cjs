/**
 * Rounds of making objects, using and dropping them.
 * usage: node --expose-gc rounds.cjs ADDON ROUNDS dispose|collect
 * Prints as JSON how many objects are left and how much larger the process is after the second half of the rounds than
 * after the first, in MB.
 */
'use strict';
const { round } = require('./program.cjs');

const [, , addon, rounds, manner] = process.argv;
const native = require(addon);
// More would only wait for each other: there is next to nothing to compute.
native.setNumThreads(1);
const roundsAtOnce = 250;

/** Finalizers run in later turns of the event loop. */
async function collect() {
  for (let turn = 0; turn < 3; turn++) {
    global.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function once(index) {
  const objects = round(native, index % 5 === 0 ? 'torch' : 'fused');
  if (manner === 'dispose') for (const object of objects) object.dispose();
}

async function half() {
  for (let done = 0; done < rounds / 2; done++) {
    once(done);
    if (manner === 'collect' && done % roundsAtOnce === 0) await collect();
  }
  const disposed = native.liveObjects();
  await collect();
  const liveObjects = manner === 'dispose' ? disposed : native.liveObjects();
  return { liveObjects, megabytes: process.memoryUsage.rss() / 2 ** 20 };
}

half().then(async (first) => {
  const second = await half();
  const growth = Math.max(0, second.megabytes - first.megabytes);
  console.log(JSON.stringify({ liveObjects: [first.liveObjects, second.liveObjects], growth }));
});
