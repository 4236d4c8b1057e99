import { expect, test } from '@jest/globals';
import type { TextClassifier } from '../../src/model/text_classifier.js';
import { predictInSlices } from '../../src/serve/prediction_slices.js';
import { WorkQueue } from '../../src/serve/work_queue.js';

const isWanted = (): boolean => true;

test('when a result is not wanted any more then no further slice of its work is done', async () => {
  const queue = new WorkQueue(1);
  let slices = 0;
  function* work(): Generator<undefined, string, undefined> {
    for (slices = 1; slices < 10; slices += 1) yield;
    return 'done';
  }
  const run = queue.run(work(), () => slices < 3);
  await expect(run).rejects.toMatchObject({ code: 'ERR_CLIENT_GONE' });
  expect([slices, queue.length]).toEqual([3, 0]);
});

test('when an array is large then a short text that comes later need not wait for its end', async () => {
  const queue = new WorkQueue(2);
  const done: string[] = [];
  const classifier = { predict: (texts: string[]) => texts } as unknown as TextClassifier;
  const predict = async (name: string, texts: string[]): Promise<void> => {
    const predictions = await queue.run(predictInSlices(classifier, texts), isWanted);
    expect(predictions).toEqual(texts);
    done.push(name);
  };
  const large = Array.from({ length: 1000 }, (_, text) => `film ${text}`);
  await Promise.all([predict('large', large), predict('short', ['good'])]);
  expect(done).toEqual(['short', 'large']);
});
