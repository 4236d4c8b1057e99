import { expect, test } from '@jest/globals';
import { createClassifier } from '../../src/model/classifier_model.js';
import { Bags, Generator, Sgd } from '../../src/model/native.js';
import { trainableParameters } from '../../src/model/parameters.js';
import { DataLoader } from '../../src/training/data_loader.js';
import { trainModel, type TrainingEvents, type ValidationMetric } from '../../src/training/loop.js';
import { evaluateModel } from '../../src/training/metrics.js';
import { meanOf } from '../../src/training/evaluation.js';
import type { Progress } from '../../src/training/pass.js';
import { plainSteps, type StepOptions } from '../../src/training/step_options.js';

const reviews = 50;
const vocabularySize = 6;

/** Word 1 means class 0, word 2 class 1, and word 0 nothing. */
function createBags(): Bags {
  const labels = Int32Array.from({ length: reviews }, (_, index) => index % 2);
  const ids = Int32Array.from(labels.length === 0 ? [] : [...labels].flatMap((label) => [0, label + 1]));
  const offsets = Int32Array.from({ length: reviews + 1 }, (_, index) => 2 * index);
  return new Bags({ ids, offsets, labels, vocabularySize });
}

function runTraining(events: TrainingEvents, lr: number, signal?: AbortSignal, metric?: ValidationMetric) {
  const generator = new Generator(1);
  const model = createClassifier({
    vocabularySize,
    hidden: 4,
    classes: 2,
    rank: 1,
    alpha: 1,
    dtype: 'float64',
    device: 'cpu',
    engine: 'auto',
    generator,
  });
  const bags = createBags();
  return trainModel({
    classifier: model.classifier,
    optimizer: new Sgd(trainableParameters(model), { lr }),
    train: new DataLoader({ bags, shuffle: true, generator }),
    valid: new DataLoader({ bags, shuffle: false, generator }),
    batch: 8,
    epochs: 3,
    loss: 'logits',
    name: 'test',
    signal,
    metric,
    events,
  });
}

test('when a model trains then every epoch is reported and the loss falls', async () => {
  const progress: Progress[] = [];
  const epochs: number[] = [];
  const result = await runTraining(
    { onProgress: (state) => progress.push(state), onEpoch: ({ epoch }) => void epochs.push(epoch) },
    0.5,
  );
  expect(epochs).toEqual([1, 2, 3]);
  expect(progress.filter(({ done }) => done === reviews).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  // 7 batches an epoch; the first 20 of 21 are kept.
  expect(result.firstSteps).toHaveLength(20);
  const losses = [result.before.train.loss, ...result.epochs.map(({ train }) => train.loss)];
  expect(losses).toEqual(losses.toSorted((one, other) => other - one));
  expect(result.epochs.at(-1)?.train).toEqual(result.epochs.at(-1)?.valid);
});

test('when the loss is no number then training stops and names the epoch and the batch', async () => {
  await expect(runTraining({}, 1e308)).rejects.toMatchObject({
    code: 'ERR_NON_FINITE',
    message: expect.stringMatching(/the loss of batch \d+ in epoch 1 of the test is (NaN|Infinity)/),
  });
});

test('when it is aborted then training stops with the reason within the epoch', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let slices = 0;
  const stopped = runTraining(
    {
      onProgress: () => {
        slices++;
        controller.abort(reason);
      },
    },
    0.1,
    controller.signal,
  );
  await expect(stopped).rejects.toBe(reason);
  expect(slices).toBe(1);
});

test('when slices are added up then the mean is over all examples', () => {
  const slices = [
    { lossSum: 3, correct: 2, count: 4 },
    { lossSum: 2, correct: 1, count: 1 },
  ];
  expect(meanOf(slices)).toEqual({ loss: 1, accuracy: 0.6 });
});

test('when validation stops getting better then training stops, and the best epoch is what counts', async () => {
  const generator = new Generator(1);
  const model = createClassifier({ vocabularySize, hidden: 4, dtype: 'float64', generator });
  const bags = createBags();
  const parameters = trainableParameters(model);
  const { epochs, bestEpoch } = await trainModel({
    classifier: model.classifier,
    optimizer: new Sgd(parameters, { lr: 0.5 }),
    train: new DataLoader({ bags, shuffle: true, generator }),
    valid: new DataLoader({ bags, shuffle: false, generator }),
    batch: 8,
    epochs: 50,
    loss: 'logits',
    earlyStopping: { patience: 2, parameters },
  });
  const best = epochs.findIndex(({ valid }) => valid.accuracy === 1) + 1;
  expect(bestEpoch).toBe(best);
  expect(epochs).toHaveLength(best + 2);
  // The loss goes on falling, so that the parameters of the last epoch would give another one.
  expect(await evaluateModel(model.classifier, bags, { loss: 'logits' })).toEqual(epochs[best - 1]?.valid);
});

test('when a rate decays linearly then the steps are those of a smaller and smaller rate', async () => {
  const run = async (steps?: StepOptions): Promise<number[]> => {
    const generator = new Generator(1);
    const model = createClassifier({
      vocabularySize,
      hidden: 4,
      dtype: 'float64',
      engine: 'torch',
      generator,
    });
    const loader = new DataLoader({ bags: createBags(), shuffle: false, generator });
    const optimizer = new Sgd(trainableParameters(model), { lr: 0.5 });
    const { firstSteps } = await trainModel({
      ...{ classifier: model.classifier, optimizer, train: loader, valid: loader, batch: 25 },
      epochs: 2,
      loss: 'logits',
      steps,
    });
    return firstSteps;
  };
  const [constant, linear] = [await run(), await run({ ...plainSteps, schedule: 'linear' })];
  // Two batches an epoch: the first step has the full rate, so the second loss is the same, and none after it.
  expect(linear.slice(0, 2)).toEqual(constant.slice(0, 2));
  expect(linear[2]).not.toBe(constant[2]);
});

test('when a metric is asked for then epochs have it on the validation set, and the training is the same', async () => {
  const labels = Int32Array.from({ length: reviews }, (_, index) => index % 2);
  const plain = await runTraining({}, 0.5);
  const judged = await runTraining({}, 0.5, undefined, { name: 'macro-f1', labels });
  expect(judged.epochs.map(({ valid }) => valid)).toEqual(
    // Both classes have as many examples, and in the end all are right.
    plain.epochs.map(({ valid }) => ({ ...valid, 'macro-f1': valid.accuracy === 1 ? 1 : expect.any(Number) })),
  );
  expect(judged.epochs.at(-1)?.valid).toMatchObject({ accuracy: 1, 'macro-f1': 1 });
  const asAlways = await runTraining({}, 0.5, undefined, { name: 'accuracy', labels });
  expect(Object.keys(asAlways.epochs[0]?.valid ?? {})).toEqual(['loss', 'accuracy']);
});
