/** Trains on reviews without stopping the event loop, with progress, and with Ctrl-C as the way to end early. */
import {
  createClassifier,
  createSplitBags,
  DataLoader,
  Generator,
  loadDataset,
  Sgd,
  trainModel,
  trainableParameters,
} from 'imdb-torch';

const controller = new AbortController();
process.once('SIGINT', () => {
  controller.abort();
});
const { signal } = controller;

const dataset = await loadDataset({
  data: 'sample',
  vocab: 5000,
  seed: 1,
  valid: 400,
  signal,
});
const bags = createSplitBags(dataset);
const generator = new Generator(1);
const model = createClassifier({ vocabularySize: dataset.vocabulary.words.length, hidden: 50, generator });

await trainModel({
  classifier: model.classifier,
  optimizer: new Sgd(trainableParameters(model), { lr: 0.5 }),
  train: new DataLoader({ bags: bags.train, shuffle: true, generator }),
  valid: new DataLoader({ bags: bags.valid, shuffle: false, generator }),
  batch: 64,
  epochs: 3,
  loss: 'logits',
  signal,
  events: {
    onProgress: ({ done, total }) => process.stderr.write(`${done} of ${total} reviews\r`),
    onEpoch: ({ epoch, valid }) => {
      console.log(`Epoch ${epoch}: accuracy ${valid.accuracy.toFixed(4)}`);
    },
  },
});
