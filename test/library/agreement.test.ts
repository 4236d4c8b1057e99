/** What the calls of the library have to agree on with each other, and what they refuse since it would do nothing. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  audit,
  classifierOf,
  evaluate,
  explain,
  loadDataset,
  lora,
  saveRun,
  TextClassifier,
  train,
  type CallEvents,
  type LoadOptions,
  type Row,
  type TrainOptions,
} from '../../src/index.js';
import { withTemporaryFolder } from '../helpers.js';

/** Labels that the texts say nothing of: a model knows only what it was trained on. */
const noise = Array.from({ length: 120 }, (_, k) => ({
  text: `word${k} thing${(k * 7) % 120} place${(k * 11) % 120}`,
  label: (k * k * 31 + k) % 7 < 3 ? 'a' : 'b',
}));
const clear = Array.from({ length: 60 }, (_, k) => ({
  text: k % 2 === 0 ? `a good film ${k}` : `a bad film ${k}`,
  label: k % 2 === 0 ? 'pos' : 'neg',
}));

test.each<[string, LoadOptions, TrainOptions]>([
  ['another seed', { rows: noise, seed: 5 }, { preset: 'auto', budget: 1 }],
  ['other features', { rows: noise, preset: 'fixed' }, { preset: 'fast', minCount: 1, epochs: 9 }],
  ['the form of loss of the notebook', { rows: clear, preset: 'notebook' }, { hidden: 8, epochs: 3 }],
])('when reviews are trained on with %s then evaluate tells of the same test reviews', async (_, load, how) => {
  const dataset = await loadDataset(load);
  const result = await train(dataset, how);
  using classifier = classifierOf(result);
  const { accuracy, count, read, uncalibrated, loss } = await evaluate(classifier, dataset);
  expect({ accuracy, count }).toEqual({ accuracy: result.test.accuracy, count: result.data.test });
  expect(read.rows).toBe(load.rows === noise ? 120 : 60);
  expect(uncalibrated?.loss ?? loss).toBeCloseTo(result.test.loss, 5);
});

test('when a run was trained on the reviews with another seed then it is not fine-tuned on them', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'base');
    const result = await train(await loadDataset({ rows: clear, seed: 7, preset: 'notebook' }), {
      hidden: 4,
      epochs: 2,
    });
    await saveRun(path, result, { report: false });
    using opened = await TextClassifier.open(path);
    expect(opened.loss).toBe('softmax');
    await expect(lora(path, await loadDataset({ rows: clear }))).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringMatching(/with the seed 7, but these were loaded with the seed 123/) as unknown,
    });
    const tuned = await lora(path, await loadDataset({ rows: clear, seed: 7 }), { loraEpochs: 2 });
    using classifier = classifierOf(tuned);
    const dataset = await loadDataset({ rows: clear, seed: 7 });
    expect((await evaluate(classifier, dataset)).accuracy).toBe(tuned.lora.test.accuracy);
  });
});

test('when a program changes its rows after they were read then they are what they were', async () => {
  const own = clear.map((row) => ({ ...row }));
  const dataset = await loadDataset({ rows: own, preset: 'fixed' });
  for (const row of own) row.label = 'other';
  own.length = 3;
  expect((await train(dataset, { preset: 'auto', budget: 1 })).classes).toEqual(['neg', 'pos']);
  const one: Record<string, string> = {};
  const again = function* (): Generator<Row> {
    for (const row of clear) yield Object.assign(one, row);
  };
  expect((await loadDataset({ rows: again() })).source.sha256).toBe((await loadDataset({ rows: clear })).source.sha256);
});

test('when a cursor stalls then the signal ends reading, and the cursor is told', async () => {
  let isReturned = false;
  const rows: AsyncIterable<Row> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: () => {
        isReturned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const reason = new Error('enough');
  const controller = new AbortController();
  const loading = loadDataset({ rows, signal: controller.signal });
  setTimeout(() => {
    controller.abort(reason);
  }, 10);
  await expect(loading).rejects.toBe(reason);
  expect(isReturned).toBe(true);
});

class Log implements CallEvents {
  readonly heard: string[] = [];

  onFitting(): void {
    this.heard.push('onFitting');
  }

  onSearchEnd(): void {
    this.heard.push('onSearchEnd');
  }

  async onMetrics(record: object): Promise<void> {
    await Promise.resolve();
    this.heard.push(JSON.stringify(record).slice(0, 15));
  }
}

test('when events are methods of a class then they are called on it, and waited for', async () => {
  const events = new Log();
  await train(await loadDataset({ rows: clear }), { events, budget: 1 });
  expect(events.heard).toEqual(expect.arrayContaining(['onFitting', 'onSearchEnd', '{"phase":"full"']));
});

test('when reviews have a tokenizer of their own then their labels are looked at all the same', async () => {
  const words = (text: string): string[] => text.split(' ');
  const dataset = await loadDataset({ rows: clear, tokenizer: words });
  expect(await audit(dataset, { top: 1 })).toMatchObject({ reviews: 60, wrong: { count: 0 } });
});

test.each<[string, object, RegExp]>([
  ['a test file beside rows', { rows: clear, test: 'x.csv' }, /^Expected no test with rows, which are in no files/],
  ['a file of validation beside rows', { rows: clear, valid: 'x.csv' }, /^Expected a number as valid with rows/],
  [
    'a number beside validation rows',
    { rows: { train: clear, valid: clear }, valid: 5 },
    /^Expected a number as valid/,
  ],
  ['a split of a whole', { rows: clear, whole: true, valid: 5 }, /^Expected no valid with whole/],
  [
    'a split of another name',
    { rows: { train: clear, validation: clear } },
    /one of train, valid, test .*"validation"/,
  ],
])('when %s would do nothing then it is refused', async (_, options, message) => {
  await expect(loadDataset(options as LoadOptions)).rejects.toThrow(message);
});

test.each<[string, object, RegExp]>([
  ['seeds', { seeds: 3 }, /^Expected no option seeds: a call trains once/],
  ['a seed', { seed: 3 }, /^Expected no option seed here: it says what loadDataset reads/],
  ['a rank', { rank: 3 }, /^Expected no option rank here, which another call has/],
  [
    'an event of another name',
    { events: { onEpochs: () => undefined } },
    /for an event of events but received "onEpochs"/,
  ],
  ['a handler that is none', { events: { onEpoch: 5 } }, /^Expected a function for events.onEpoch but received 5/],
])('when a training is given %s then that is refused', async (_, options, message) => {
  const dataset = await loadDataset({ rows: clear });
  await expect(train(dataset, options)).rejects.toThrow(message);
});

test('when no feature is frequent enough then that is said rather than a model made of nothing', async () => {
  const dataset = await loadDataset({ rows: noise, preset: 'fixed' });
  await expect(train(dataset, { preset: 'fast' })).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(/at least 3 of the training reviews of rows have .* a lower minCount\.$/) as unknown,
  });
});

test('when a call is given an option that it has not then that is refused by its name', async () => {
  const dataset = await loadDataset({ rows: clear });
  using classifier = classifierOf(await train(dataset, { budget: 1 }));
  await expect(evaluate(classifier, dataset, { splt: 'train' } as object)).rejects.toThrow(/"splt"/);
  await expect(audit(dataset, { tpo: 3 } as object)).rejects.toThrow(/"tpo"/);
  expect(() => explain(classifier, 'good', { label: 'pos' } as object)).toThrow(/"label"/);
  const none = await loadDataset({ rows: { train: clear, test: clear } });
  await expect(evaluate(classifier, none, { split: 'train' })).resolves.toMatchObject({ split: 'train' });
});

test('when rows are objects of a class with getters then their values are read', async () => {
  class Ticket {
    constructor(private readonly k: number) {}

    get text(): string {
      return clear[this.k]?.text ?? '';
    }

    get label(): string {
      return clear[this.k]?.label ?? '';
    }
  }
  const tickets = clear.map((_, k) => new Ticket(k));
  const [own, plain] = [await loadDataset({ rows: tickets }), await loadDataset({ rows: clear })];
  expect(own.splits.train).toEqual(plain.splits.train);
});

test('when it is not said where the reviews are then none are fetched', async () => {
  await expect(loadDataset({ rows: undefined })).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringMatching(
      /^Expected the option rows, data or train, which say where the reviews are/,
    ) as unknown,
  });
});
