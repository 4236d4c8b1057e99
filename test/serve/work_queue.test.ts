import { expect, test } from '@jest/globals';
import type { TextClassifier } from '../../src/model/text_classifier.js';
import { predictInSlices } from '../../src/serve/models.js';
import { WorkQueue } from '../../src/serve/work_queue.js';

const isWanted = (): boolean => true;

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
