import { expect, test } from '@jest/globals';
import { notebook, type ExperimentOptions } from '../../src/experiments/options.js';
import { tensorboardEvents } from '../../src/report/tensorboard.js';
import type { Scalar } from '../../src/storage/event_file.js';
import type { PhaseEvents } from '../../src/training/phase.js';

const parameters = { trainable: 1, total: 1 };
const metrics = { loss: 0.5, accuracy: 0.75 };

interface Log {
  events: PhaseEvents;
  /** The values by their tags, each with its step. */
  values: Record<string, [number, number][]>;
}

function openLog(options: Partial<ExperimentOptions> = {}): Log {
  const values: Log['values'] = {};
  const directory = {
    appendScalars(step: number, scalars: readonly Scalar[]): Promise<void> {
      for (const { tag, value } of scalars) (values[tag] ??= []).push([step, value]);
      return Promise.resolve();
    },
  };
  return { events: tensorboardEvents(directory, { ...notebook, ...options }), values };
}

async function train({ events }: Log, phase: 'full' | 'fold' | 'pretrain', epochs: number): Promise<void> {
  events.onPhase?.(phase, parameters);
  await events.onBefore?.(phase, metrics);
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    events.onProgress?.(phase, { epoch, epochs, done: 10, total: 10, seconds: 1 });
    const valid = { ...metrics, 'macro-f1': 0.7 };
    await events.onEpoch?.(phase, { epoch, seconds: 2, evaluateSeconds: 1, train: metrics, valid });
  }
}

test('when a model is trained then each epoch is a step, and the test is that of the last one', async () => {
  const log = openLog({ lr: 0.5, batch: 4, schedule: 'linear', warmup: 0 });
  await train(log, 'full', 2);
  await log.events.onTest?.('full', { loss: 0.25, accuracy: 1 });
  expect(log.values).toEqual({
    'loss/train': [0, 1, 2].map((epoch) => [epoch, 0.5]),
    'accuracy/train': [0, 1, 2].map((epoch) => [epoch, 0.75]),
    'loss/valid': [1, 2].map((epoch) => [epoch, 0.5]),
    'accuracy/valid': [1, 2].map((epoch) => [epoch, 0.75]),
    'macro-f1/valid': [1, 2].map((epoch) => [epoch, 0.7]),
    'seconds/train': [1, 2].map((epoch) => [epoch, 2]),
    // Three batches an epoch: of six steps the third has 4/6 of the rate, the last 1/6.
    'learning-rate': [
      [1, expect.closeTo(0.5 * (4 / 6))],
      [2, expect.closeTo(0.5 / 6)],
    ],
    'loss/test': [[2, 0.25]],
    'accuracy/test': [[2, 1]],
  });
});

test('when there are folds or a pretraining then their tags say so', async () => {
  const log = openLog();
  await train(log, 'pretrain', 1);
  await train(log, 'fold', 1);
  await train(log, 'fold', 1);
  await log.events.onTest?.('merged', metrics);
  const tags = Object.keys(log.values);
  expect(tags).toEqual(expect.arrayContaining(['pretrain/loss/train', 'fold-1/loss/valid', 'fold-2/learning-rate']));
  expect(tags).toContain('merged/accuracy/test');
  expect(tags.filter((tag) => tag.startsWith('loss/') || tag === 'pretrain/learning-rate')).toEqual([]);
});

test('when a search chooses the learning rate then none is said', async () => {
  const log = openLog({ search: 'auto' });
  await train(log, 'full', 1);
  expect(Object.keys(log.values)).not.toContain('learning-rate');
});
