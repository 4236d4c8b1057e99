/**
 * Runs ONNX models with onnxruntime-node, in a thread of its own: under jest, arrays of the addon are of another realm, and
 * onnxruntime takes them for no arrays. Gets `{ model }` or `{ feeds }` with `{ type, data, dims }` by the inputs' names.
 */
import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
/** @type {InferenceSession | null} */
let session = null;

port.on('message', (message) => {
  answer(message).then(
    (result) => port.postMessage({ result }),
    (error) => port.postMessage({ error: error.message }),
  );
});

async function answer({ model, feeds }) {
  if (model !== undefined) {
    session = await InferenceSession.create(model, { logSeverityLevel: 4 });
    const { inputNames, outputNames } = session;
    return { inputNames, outputNames };
  }
  const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]);
  const results = await session.run(Object.fromEntries(tensors));
  return Object.fromEntries(Object.entries(results).map(([name, { data, dims }]) => [name, { data, dims }]));
}
