/** What the programs of these tests do with the addon: everything once, and a training. */
'use strict';

const words = 40;
const examples = 10;
const rows = Int32Array.from({ length: examples }, (_, row) => row);

/** A model, its data and its optimizer. */
exports.create = function create(native, engine = 'fused') {
  const generator = new native.Generator(1);
  const hidden = new native.LoraLinear({ inFeatures: words, outFeatures: 8, rank: 2, alpha: 1, generator });
  const output = new native.Linear({ inFeatures: 8, outFeatures: 2, generator });
  const classifier = new native.Classifier({ hidden, output, engine });
  const bags = new native.Bags({
    ids: Int32Array.from({ length: 4 * examples }, (_, i) => 10 * (i % 4) + (i % 7)),
    offsets: Int32Array.from({ length: examples + 1 }, (_, bag) => 4 * bag),
    labels: rows.map((row) => row % 2),
    vocabularySize: words,
  });
  const parameters = [hidden.weight, hidden.bias, output.weight, output.bias];
  const optimizer = new native.Sgd(parameters, { lr: 0.1 });
  return { generator, hidden, output, classifier, bags, optimizer, parameters };
};

/** The losses of the last of some epochs. */
exports.train = function train({ classifier, bags, optimizer }, epochs = 20) {
  let losses;
  for (let epoch = 0; epoch < epochs; epoch++) {
    losses = classifier.trainBatches(bags, rows, { batchSize: 4, optimizer, loss: 'softmax' });
  }
  return [...losses];
};

/** Creates a model, trains a step with autograd and some without, merges. @returns every object it has made */
exports.round = function round(native, engine) {
  const { parameters, ...objects } = exports.create(native, engine);
  const { hidden, output, classifier, bags, optimizer, generator } = objects;
  const input = native.Tensor.ones([examples, words]);
  const activations = hidden.forward(input);
  const rectified = activations.relu();
  const logits = output.forward(rectified);
  const loss = native.crossEntropy(
    logits,
    rows.map((row) => row % 2),
    'logits',
  );
  loss.backward();
  const gradient = parameters[0].grad;
  optimizer.step();
  optimizer.zeroGrad();
  exports.train(objects, 1);
  const { weight, bias, outputWeight, outputBias } = classifier.gradients(bags, rows, { loss: 'logits' });
  hidden.merge({ generator });
  const gradients = [gradient, weight, bias, outputWeight, outputBias];
  return [...Object.values(objects), ...parameters, input, activations, rectified, logits, loss, ...gradients];
};
