/**
 * Calls that could bring a careless addon down, in a process of their own so that a crash is seen as a failure.
 * usage: node nasty_calls.mjs ADDON; prints how each call ended as JSON.
 */
import { createRequire } from 'node:module';

const native = createRequire(import.meta.url)(process.argv[2]);
const generator = new native.Generator(1);
const matrix = native.Tensor.from(new Float32Array(6), [2, 3]);
const hidden = new native.LoraLinear({ inFeatures: 4, outFeatures: 3, rank: 1, alpha: 1, generator });
const output = new native.Linear({ inFeatures: 3, outFeatures: 2, generator });
const classifier = new native.Classifier({ hidden, output, engine: 'fused' });
const optimizer = new native.Sgd([hidden.weight], { lr: 0.1 });
const makeBags = (ids = Int32Array.of(0, 3)) =>
  new native.Bags({ ids, offsets: Int32Array.of(0, 2), labels: Int32Array.of(0), vocabularySize: 4 });
const bags = makeBags();
const rows = Int32Array.of(0);
const largest = 2 ** 31 - 1;

function disposeWhileReading() {
  const own = makeBags();
  const options = {
    batchSize: 1,
    get optimizer() {
      own.dispose();
      return optimizer;
    },
    loss: 'softmax',
  };
  return classifier.trainBatches(own, rows, options);
}

function deepGraph() {
  const leaf = native.Tensor.ones([1]);
  leaf.requiresGrad = true;
  let sum = leaf;
  for (let i = 0; i < 50_000; i++) sum = sum.add(1);
  sum.backward();
  return leaf.grad.item();
}

function changedUnderAutograd() {
  const leaf = native.Tensor.ones([2]);
  leaf.requiresGrad = true;
  const sum = leaf.mul(leaf).sum();
  leaf.copy_(native.Tensor.zeros([2]));
  sum.backward();
}

function twiceBackward() {
  const leaf = native.Tensor.ones([2]);
  leaf.requiresGrad = true;
  const sum = leaf.mul(leaf).sum();
  sum.backward();
  sum.backward();
}

function layersGoFirst() {
  const own = new native.LoraLinear({ inFeatures: 4, outFeatures: 3, rank: 1, alpha: 1, generator });
  const last = new native.Linear({ inFeatures: 3, outFeatures: 2, generator });
  const both = new native.Classifier({ hidden: own, output: last, engine: 'fused' });
  own.dispose();
  last.dispose();
  return both.evaluate(bags, { loss: 'softmax' }).count;
}

function parametersGoFirst() {
  const weight = native.Tensor.ones([2]);
  weight.requiresGrad = true;
  const own = new native.Sgd([weight], { lr: 0.1 });
  weight.dispose();
  own.step();
}

class Heir extends native.Generator {}
class FalseTensor extends native.Tensor {}

const calls = {
  hugeTensor: () => native.Tensor.zeros([2 ** 40]),
  hugeLinear: () => new native.Linear({ inFeatures: largest, outFeatures: largest, generator }),
  hugeLora: () => new native.LoraLinear({ inFeatures: largest, outFeatures: largest, rank: 1, alpha: 1, generator }),
  hugeShape: () => native.Tensor.zeros(Object.assign([], { length: 2 ** 32 - 1 })),
  manyDimensions: () => native.Tensor.zeros(new Array(70).fill(1)).sum().item(),
  deepGraph,
  changedUnderAutograd,
  twiceBackward,
  disposeWhileReading,
  layersGoFirst,
  parametersGoFirst,
  heir: () => typeof new Heir(1).randomInt64(),
  falseTensor: () => new FalseTensor(),
  foreignTarget: () => Reflect.construct(native.Generator, [1], native.Tensor).shape,
  constructTwice: () => native.Generator.call(generator, 1),
  overlap: () => {
    const square = native.Tensor.from(new Float32Array(9), [3, 3]);
    square.copy_(square.t());
  },
  itself: () => matrix.copy_(matrix),
  emptyMaximum: () => native.Tensor.zeros([0]).max(),
  noClasses: () => native.crossEntropy(native.Tensor.zeros([1, 0]), rows, 'softmax'),
  wholeLogits: () => native.crossEntropy(native.Tensor.zeros([1, 2], { dtype: 'int64' }), rows, 'softmax'),
  largestVocabulary: () =>
    new native.Bags({ ids: rows, offsets: Int32Array.of(0, 1), labels: rows, vocabularySize: 2 ** 27 }).length,
  disposedTwice: () => {
    const tensor = native.Tensor.zeros([1]);
    tensor.dispose();
    tensor.dispose();
    tensor[Symbol.dispose]?.();
  },
};

const outcomes = {};
for (const [name, call] of Object.entries(calls)) {
  try {
    const value = call();
    outcomes[name] = typeof value === 'object' || value === undefined ? 'done' : value;
  } catch (error) {
    outcomes[name] = error.code ?? error.message;
  }
}
process.stdout.write(JSON.stringify(outcomes));
