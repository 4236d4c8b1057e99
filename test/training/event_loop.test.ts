import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createClassifier, type ClassifierModel } from '../../src/model/classifier_model.js';
import { Bags, Generator, Sgd } from '../../src/model/native.js';
import { trainableParameters } from '../../src/model/parameters.js';
import { DataLoader } from '../../src/training/data_loader.js';
import { trainModel, type TrainingEvents, type TrainingResult } from '../../src/training/loop.js';

const [reviews, vocabularySize, wordsEach] = [6000, 2000, 50];

/** Bags of words, different ones for each seed; the label is the parity of the first word. */
function createBags(seed: number): Bags {
  const generator = new Generator(seed);
  const ids = new Int32Array(reviews * wordsEach);
  for (let review = 0; review < reviews; review++) {
    const words = generator.randperm(vocabularySize).subarray(0, wordsEach).sort();
    ids.set(words, review * wordsEach);
  }
  const offsets = Int32Array.from({ length: reviews + 1 }, (_, index) => index * wordsEach);
  const labels = Int32Array.from({ length: reviews }, (_, index) => (ids[index * wordsEach] ?? 0) % 2);
  return new Bags({ ids, offsets, labels, vocabularySize });
}

interface Trained {
  result: Pick<TrainingResult, 'before' | 'firstSteps'>;
  weight: string;
}

function hexOf({ parameters }: ClassifierModel): string {
  const { buffer } = parameters['fc1.weight'].toTypedArray();
  return Buffer.from(buffer).toString('hex');
}

async function runTraining(bags: Bags, seed: number, events: TrainingEvents): Promise<Trained> {
  const generator = new Generator(seed);
  const model = createClassifier({ vocabularySize, hidden: 64, generator });
  const { before, firstSteps } = await trainModel({
    classifier: model.classifier,
    optimizer: new Sgd(trainableParameters(model), { lr: 0.1 }),
    train: new DataLoader({ bags, shuffle: true, generator }),
    valid: new DataLoader({ bags, shuffle: false, generator }),
    batch: 32,
    epochs: 2,
    loss: 'logits',
    events,
  });
  return { result: { before, firstSteps }, weight: hexOf(model) };
}

test('when two trainings run at once then each gives the bits that it gives alone', async () => {
  const [one, other] = [createBags(1), createBags(2)];
  const order: string[] = [];
  const logged = (name: string): TrainingEvents => ({ onProgress: () => order.push(name) });
  const alone = [await runTraining(one, 10, {}), await runTraining(other, 20, {})];
  const together = await Promise.all([runTraining(one, 10, logged('one')), runTraining(other, 20, logged('other'))]);
  expect(together).toEqual(alone);
  expect(alone[0]?.weight).not.toBe(alone[1]?.weight);
  // They did take turns: the first had not ended when the second began.
  expect(order.indexOf('other')).toBeLessThan(order.lastIndexOf('one'));
});

test('when a model trains then the event loop turns between any two slices', async () => {
  let turns = 0;
  const state = { running: true };
  const counting = (async () => {
    for (; state.running; turns++) await nextTurn();
  })();
  const turnsAtSlices: number[] = [];
  await runTraining(createBags(1), 10, { onProgress: () => turnsAtSlices.push(turns) });
  state.running = false;
  await counting;
  expect(turnsAtSlices.length).toBeGreaterThan(2);
  expect(turnsAtSlices.slice(1).every((count, index) => count > (turnsAtSlices[index] ?? 0))).toBe(true);
});
