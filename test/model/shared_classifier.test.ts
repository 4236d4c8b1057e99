/** One model and one index for several threads. */
import { once } from 'node:events';
import { join } from 'node:path';
import { isSharedArrayBuffer } from 'node:util/types';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { explainText } from '../../src/portable/explanation.js';
import { liveObjects } from '../../src/model/native.js';
import { TextClassifier, type SharedClassifier } from '../../src/model/text_classifier.js';
import type { FeatureOptions } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from './helpers.js';

const texts = ['A good film', 'bad', '', 'not good, NOT bad'];

/** What another thread gets. */
function received(classifier: TextClassifier): SharedClassifier {
  return structuredClone(classifier.share());
}

/** All typed arrays in an object. */
function arraysIn(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysIn) : [];
}

describe.each(['off', 'on', 'merged'] as const)('with the adapter %s', (adapter) => {
  test('when a classifier is shared then another one of it predicts and explains with the same bits', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await writeSmallRun(folder, { adapter: true, classes: ['no', 'yes', 'maybe'] });
      using own = await TextClassifier.open(path, { adapter });
      using other = TextClassifier.fromShared(received(own));
      expect(other.logits(texts)).toEqual(own.logits(texts));
      expect(other.predict(texts)).toEqual(own.predict(texts));
      expect(explainText(other, texts[3] ?? '')).toEqual(explainText(own, texts[3] ?? ''));
      expect(other.description).toEqual(own.description);
    });
  });
});

test('when adapters change afterwards, or the classifier is disposed of, then what was shared stays', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true, adapterClasses: ['cold', 'warm'] });
    const own = await TextClassifier.open(path, { adapter: 'on' });
    const before = own.predict(texts);
    const shared = received(own);
    own.adapters.use();
    expect(own.predict(texts)).not.toEqual(before);
    own.adapters.use('adapter');
    own.adapters.merge();
    using merged = TextClassifier.fromShared(received(own));
    expect(merged.logits(texts)).toEqual(own.logits(texts));
    own.dispose();
    using other = TextClassifier.fromShared(shared);
    expect(other.predict(texts)).toEqual(before);
    expect(other.classes).toEqual(['cold', 'warm']);
  });
});

test('when a classifier is shared then all that is large is on the same memory', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    using own = await TextClassifier.open(path, { adapter: 'on' });
    const [mine, theirs] = [own.share(), received(own)].map(arraysIn);
    expect(mine?.length).toBeGreaterThan(10);
    expect(theirs?.every(({ buffer }) => isSharedArrayBuffer(buffer))).toBe(true);
    // The index and the features are the same however often they are shared; the parameters may have changed.
    const [here, there] = [own.share().featurizer, received(own).featurizer].map(arraysIn);
    for (const [k, { buffer }] of (here ?? []).entries()) {
      const [one, other] = [buffer, there?.[k]?.buffer ?? new ArrayBuffer(0)].map((memory) => new Uint8Array(memory));
      if (one?.[0] === undefined || other === undefined) continue;
      one[0] ^= 1;
      expect(other[0]).toBe(one[0]);
      one[0] ^= 1;
    }
  });
});

/** What would change parameters. */
function writesTo({ hidden, parameters }: TextClassifier['model']): (() => void)[] {
  return [
    () => {
      parameters['fc1.weight'].copy_(parameters['fc1.weight']);
    },
    () => {
      parameters['fc1.weight'].requiresGrad = true;
    },
    () => {
      hidden.setTrainable({ base: true, lora: false });
    },
    () => {
      hidden.setTrainable({ base: false, lora: true });
    },
    () => {
      hidden.merge({ keepAdapter: true });
    },
  ];
}

test('when what is shared is to be changed then that is refused and nothing has changed', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    using own = await TextClassifier.open(path, { adapter: 'on' });
    const before = own.logits(texts);
    using other = TextClassifier.fromShared(received(own));
    const { hidden } = other.model;
    for (const change of [
      () => {
        other.adapters.use();
      },
      () => {
        other.adapters.merge();
      },
      () => other.adapters.load('a', join(path, 'adapter')),
    ]) {
      await expect(Promise.resolve().then(change)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    }
    for (const write of writesTo(other.model)) expect(write).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
    expect(hidden.merged).toBe(false);
    expect(other.logits(texts)).toEqual(before);
    expect(own.logits(texts)).toEqual(before);
  });
});

test('when n-grams of characters are features then a shared featurizer finds the same', () => {
  const vocabulary = Vocabulary.of(['good', 'good film', '~^go', '~ood', '~film$', '~naïve$', 'naïve']);
  const options: FeatureOptions = {
    tokenizer: 'unicode',
    ngrams: 2,
    characters: [3, 6],
    minimumCount: 1,
    vocabularySize: null,
    counts: 'counts',
    weighting: 'none',
    normalize: true,
    gain: 1,
  };
  const weights = Float32Array.of(1, 2, 3, 4, 5, 6, 7);
  const own = new Featurizer({ options, vocabulary, weights });
  const other = Featurizer.fromShared(structuredClone(own.share()));
  for (const text of ['Good film, a good FILM', 'naïve goods unheardofwordthatislong', 'naïveté']) {
    expect(other.encode(text)).toEqual(own.encode(text));
  }
  expect(other.weights).toEqual(weights);
  expect(other.vocabulary.words).toEqual(vocabulary.words);
  expect(other.vocabulary.sha256).toBe(vocabulary.sha256);
  expect(other.vocabulary.equals(vocabulary)).toBe(true);
});

test('when a worker has a shared classifier then it predicts the same, also after the other was disposed of', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const alive = liveObjects();
    const own = await TextClassifier.open(path, { adapter: 'on' });
    const expected = { logits: own.logits(texts), predictions: own.predict(texts) };
    const script = new URL('./support/shared_worker.mjs', import.meta.url);
    const worker = new Worker(script, { workerData: { shared: own.share(), texts } });
    const answer = async (): Promise<unknown> => (await once(worker, 'message'))[0] as unknown;
    expect(await answer()).toEqual(expected);
    own.dispose();
    expect(liveObjects()).toBe(alive);
    worker.postMessage('go on');
    expect(await answer()).toEqual(expected);
    expect(await once(worker, 'exit')).toEqual([0]);
  });
});
