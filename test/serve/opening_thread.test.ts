import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { liveObjects } from '../../src/model/native.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { resultOf, serveShared } from '../../src/serve/opening_thread.js';
import { openClassifiers, openRun } from '../../src/serve/served_model.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';

test('when a later model of a run cannot be made, or not asked, then nothing of the run stays', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const { about, notes, classifiers } = await openClassifiers(path, {});
    const shared = new Map([...classifiers].map(([adapter, classifier]) => [adapter, classifier.share()]));
    for (const classifier of classifiers.values()) classifier.dispose();
    const fromShared = TextClassifier.fromShared.bind(TextClassifier);
    const alive = liveObjects();
    try {
      for (const fault of ['make', 'ask']) {
        let made = 0;
        TextClassifier.fromShared = (given) => {
          made += 1;
          const error = new Error('It is the last one.');
          if (made === shared.size && fault === 'make') throw error;
          const classifier = fromShared(given);
          classifier.predict = () => {
            if (made === shared.size) throw error;
            return [];
          };
          return classifier;
        };
        await expect(serveShared({ about, notes, classifiers: shared })).rejects.toThrow('It is the last one.');
        expect([made, liveObjects()]).toEqual([3, alive]);
      }
    } finally {
      TextClassifier.fromShared = fromShared;
    }
    const model = await serveShared({ about, notes, classifiers: shared });
    expect(model.classifier('on')?.predict(['good'])).toHaveLength(1);
    model.dispose();
    expect(liveObjects()).toBe(alive);
  });
});

test('when a run is opened for the portable engine then what is shared of it has the same answers', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const options = { engine: 'portable' } as const;
    const here = await openRun(path, options);
    const { about, notes, classifiers } = await openClassifiers(path, options);
    const shared = new Map([...classifiers].map(([adapter, classifier]) => [adapter, classifier.share()]));
    const there = await serveShared(structuredClone({ about, notes, classifiers: shared }));
    expect(there.about).toEqual(here.about);
    expect(there.about).toMatchObject({ engine: 'portable', adapters: ['off', 'on', 'merged'], features: 5 });
    for (const adapter of there.about.adapters) {
      const [one, other] = [there, here].map((model) => model.classifier(adapter)?.predict(['not good', 'bad film']));
      expect(one).toEqual(other);
    }
    expect(there.classifier('on')?.predict(['bad'])).not.toEqual(there.classifier('off')?.predict(['bad']));
  });
});

test('when the thread ends without a result, or with an error, then that is told', async () => {
  const run = (program: string): Promise<unknown> => resultOf(new Worker(program, { eval: true }));
  await expect(run('process.exit(3)')).rejects.toMatchObject({ code: 'ERR_FAILED' });
  await expect(run('throw new RangeError("broken")')).rejects.toThrow('broken');
  const result = { kind: 'error', code: 'ERR_RUN', message: 'There is no run.' };
  const send = `require('node:worker_threads').parentPort.postMessage(${JSON.stringify(result)})`;
  expect(await run(send)).toEqual(result);
});
