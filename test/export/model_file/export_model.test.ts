import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Reviews } from '../../../src/data/splits/reviews.js';
import { messageOf } from '../../../src/errors.js';
import { exportModel } from '../../../src/export/model_file/export_model.js';
import { keptOf } from '../../../src/export/model_file/numbers/kept_reviews.js';
import { splitNames } from '../../../src/export/model_file/numbers/sequences.js';
import { readModelFile } from '../../../src/portable/model_file.js';
import { PortableClassifier } from '../../../src/portable/portable_classifier.js';
import { fileOf, modelOf } from './helpers.js';

const letters = Array.from('abcdefghijklmnopqrst');
const pairs = letters.flatMap((one) => letters.map((other) => `${one} ${other}`));
const words = [...letters, ...pairs];
const parts = modelOf({ words, features: { weighting: 'idf', normalize: true, gain: 3 } });

/** Reviews of 12 letters each, labelled as the model would label them. */
function reviewsOf(count: number): Reviews {
  const classifier = new PortableClassifier(parts);
  const texts = Array.from({ length: count }, (_, text) =>
    Array.from({ length: 12 }, (__, k) => letters[(text * 7 + k * k * (text % 5) + k) % letters.length]).join(' '),
  );
  const labels = Int32Array.from(classifier.predict(texts), ({ label }) => classifier.classes.indexOf(label));
  return { ...classifier.featurizer.encodeBatch(texts), labels };
}

const reviews = reviewsOf(60);

test('when a model is exported whole then all features are kept and the cost of the precision is measured', async () => {
  const exported = await exportModel(parts, { precision: 'float32', reviews });

  expect(exported).toMatchObject({ features: words.length, kept: words.length, precision: 'float32' });
  expect(exported.compressed.length).toBe(gzipSync(exported.bytes, { level: 9 }).length);
  expect(exported.cost).toMatchObject({ reviews: 60, changed: 0, before: { accuracy: 1 }, after: { accuracy: 1 } });
  expect(exported.cost?.after.loss).toBeCloseTo(exported.cost?.before.loss ?? NaN, 6);
});

test('when a size is given then the file has as many features as fit, and what that costs is that of the file itself', async () => {
  const whole = await exportModel(parts, { precision: 'int8', reviews });
  const maxSize = Math.floor(0.75 * whole.compressed.length);
  const tried: number[] = [];
  const exported = await exportModel(parts, {
    ...{ precision: 'int8', maxSize, reviews },
    onProgress: ({ gzipped }) => tried.push(gzipped),
  });

  expect(exported.compressed.length).toBeLessThanOrEqual(maxSize);
  expect(exported.compressed.length).toBeGreaterThan(0.9 * maxSize);
  expect(tried).toContain(exported.compressed.length);
  const read = new PortableClassifier(readModelFile(exported.bytes));
  expect(read.names?.size).toBe(exported.kept);
  const texts = Array.from(reviews.labels, (_, text) =>
    Array.from(reviews.ids.subarray(reviews.offsets[text], reviews.offsets[text + 1]), (id) => words[id] ?? ''),
  );
  const places = new Map(Array.from({ length: exported.kept }, (_, id) => [read.names?.word(id), id]));
  const right = texts.filter((names, text) => {
    const ids = Int32Array.from(names.flatMap((name) => places.get(name) ?? []));
    const [prediction] = read.predictEncoded({ ids, offsets: Int32Array.of(0, ids.length), counts: null });
    return prediction?.label === read.classes[reviews.labels[text] ?? 0];
  });
  expect(exported.cost?.after.accuracy).toBe(right.length / texts.length);
  expect(exported.cost?.changed).toBe(texts.length - right.length);
});

test('when features are left out then those of large effect in many reviews are kept', async () => {
  const { compressed } = await exportModel(parts, { precision: 'int8', reviews });
  const { bytes } = await exportModel(parts, {
    precision: 'int8',
    maxSize: Math.floor(compressed.length / 2),
    reviews,
  });
  const { names } = readModelFile(bytes);
  const kept = new Set(Array.from({ length: names?.size ?? 0 }, (_, id) => names?.word(id)));
  const importance = words.map((_, id) => {
    const texts = 1 + Array.from(reviews.ids).filter((each) => each === id).length;
    const [one = 0, other = 0] = parts.layers.first.weight.subarray(2 * id, 2 * id + 2);
    return texts * Math.abs((other - one) * (parts.weights?.[id] ?? 0));
  });
  const least = Math.min(...importance.filter((_, id) => kept.has(words[id])));
  expect(importance.filter((value, id) => !kept.has(words[id]) && value > least)).toEqual([]);
});

test('when there are no reviews then weights alone say what matters, and no cost is told', async () => {
  const { compressed } = await exportModel(parts, { precision: 'int8', reviews: null });
  const exported = await exportModel(parts, {
    precision: 'int8',
    maxSize: Math.floor(compressed.length / 2),
    reviews: null,
  });

  expect(exported.cost).toBeNull();
  expect(exported.kept).toBeLessThan(words.length);
});

test('when a size cannot be reached then the smallest that can is named', async () => {
  const refused = exportModel(parts, { precision: 'int8', maxSize: 100, reviews });
  await expect(refused).rejects.toMatchObject({ code: 'ERR_USAGE' });
  const smallest = Number(/at least (\d+) bytes/.exec(await refused.then(() => '', messageOf))?.[1]);
  const exported = await exportModel(parts, { precision: 'int8', maxSize: smallest, reviews });
  expect([exported.compressed.length, exported.kept]).toEqual([smallest, 1]);
});

test('when it is aborted then its reason is thrown', async () => {
  const reason = new Error('enough');
  const aborted = exportModel(parts, { precision: 'int8', reviews, signal: AbortSignal.abort(reason) });
  await expect(aborted).rejects.toBe(reason);
});

test('when features are left out then what is kept of texts is what the file finds in them', () => {
  const named = ['<UNK>', 'a', 'b', 'a b', 'c'];
  const notebook = modelOf({ words: named, features: { tokenizer: 'notebook', counts: 'counts' } });
  const { bytes, ids } = fileOf(notebook, 'float32', (word) => word === 'a b' || word === 'c');
  const texts = ['a b', 'c b x b', '', 'c a b'];
  const encoded = new PortableClassifier(notebook).featurizer.encodeBatch(texts);
  const kept = keptOf(encoded, {
    ids,
    sequences: splitNames(notebook.names, { hasUnknown: true, hasCharacters: false }),
    hasUnknown: true,
  });

  expect(kept).toEqual(new PortableClassifier(readModelFile(bytes)).featurizer.encodeBatch(texts));
});

test('when a word of a model with unknown words is left out then reviews have an unknown word in its place', async () => {
  const named = ['<UNK>', ...letters];
  const notebook = modelOf({ words: named, features: { tokenizer: 'notebook', ngrams: 1 } });
  const classifier = new PortableClassifier(notebook);
  const texts = letters.map((letter) => `a ${letter} ${letter}`);
  const encoded = { ...classifier.featurizer.encodeBatch(texts), labels: new Int32Array(texts.length) };
  const { compressed } = await exportModel(notebook, { precision: 'float32', reviews: encoded });
  const exported = await exportModel(notebook, {
    precision: 'float32',
    maxSize: compressed.length - 30,
    reviews: encoded,
  });

  expect(exported.kept).toBeLessThan(named.length);
  const labels = new PortableClassifier(readModelFile(exported.bytes)).predict(texts).map(({ label }) => label);
  const right = labels.filter((label) => label === classifier.classes[0]);
  expect(exported.cost?.after.accuracy).toBe(right.length / texts.length);
});
