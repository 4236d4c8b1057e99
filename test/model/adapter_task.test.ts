import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { explainText, topWords } from '../../src/portable/explanation.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { Adapter, AdapterBranch } from '../../src/storage/adapter.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { notebookDescription } from '../../src/storage/model_description.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from './helpers.js';

const text = 'A good film, not bad';
const temperature = (value: number) => ({ kind: 'temperature', temperature: value }) as const;

/** Reproducible numbers between -1 and 1. */
function tensor(seed: number, ...shape: number[]): StoredTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return {
    dtype: 'float64',
    shape,
    data: Float64Array.from({ length: count }, (_, k) => Math.sin(seed * 100 + k * 1.7)),
  };
}

const branch: AdapterBranch = { up: tensor(1, 3, 2), down: tensor(2, 2, 5), alpha: 3, magnitude: null, bias: null };

/** An adapter for the small run, with an output layer for these classes. */
function adapterOf(classes: readonly string[], changes: Partial<Adapter> = {}): Adapter {
  const outputs = classes.length;
  return {
    branches: new Map([['fc1', branch]]),
    useRslora: false,
    dropout: 0,
    pissa: false,
    replaced: new Map([
      ['fc2.weight', tensor(3 + outputs, outputs, 3)],
      ['fc2.bias', tensor(4 + outputs, outputs)],
    ]),
    classes,
    baseSha256: null,
    ...changes,
  };
}

/** What a classifier says of itself and of a text. */
function answersOf(classifier: TextClassifier): unknown[] {
  const { classes, description } = classifier;
  return [classes, description, classifier.logits([text]), classifier.predict([text]), explainText(classifier, text)];
}

const stars = ['one', 'two', 'three', 'four'];
const decision = { offsets: [0, 9, 0] };

async function withClassifier(work: (classifier: TextClassifier, folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { calibration: temperature(4), decision: { offsets: [3, 0] } });
    using classifier = await TextClassifier.open(path);
    const { adapters } = classifier;
    adapters.add('same', adapterOf(['neg', 'pos'], { calibration: temperature(2) }));
    adapters.add('moods', adapterOf(['sad', 'glad'], { calibration: { kind: 'sigmoid', scale: 3, bias: 1 } }));
    adapters.add('places', adapterOf(['at home', 'abroad', 'nowhere'], { calibration: temperature(0.5), decision }));
    adapters.add('stars', adapterOf(stars));
    await work(classifier, folder);
  });
}

test('when an adapter with classes of its own is used then labels, calibration and decision are its own', async () => {
  await withClassifier(async (classifier) => {
    const { adapters } = classifier;
    const before = answersOf(classifier);
    adapters.use('places');
    expect(classifier.classes).toEqual(['at home', 'abroad', 'nowhere']);
    expect(classifier.description).toMatchObject({ output: 3, calibration: temperature(0.5), decision });
    const [prediction] = classifier.predict([text]);
    expect(prediction?.label).toBe('abroad');
    expect(Object.keys(prediction?.probabilities ?? {})).toEqual(['at home', 'abroad', 'nowhere']);
    expect(explainText(classifier, text).logOdds).toHaveLength(3);
    expect(topWords(classifier, 2)).toHaveLength(3);
    adapters.use('moods');
    expect(classifier.description).toMatchObject({ output: 2, classes: ['sad', 'glad'], calibration: { scale: 3 } });
    expect(classifier.description.decision).toBeUndefined();
    adapters.use('stars');
    expect(classifier.description).toMatchObject({ output: 4, classes: stars, calibration: null });
    const [one] = classifier.predict([text]);
    expect(Object.values(one?.probabilities ?? {}).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    adapters.use();
    expect(answersOf(classifier)).toEqual(before);
    await Promise.resolve();
  });
});

test('when adapters are used at once then they agree on their classes, or are refused with nothing changed', async () => {
  await withClassifier(async (classifier) => {
    const { adapters } = classifier;
    adapters.add('plain', adapterOf(['neg', 'pos'], { calibration: temperature(2) }));
    adapters.add('swapped', adapterOf(['pos', 'neg']));
    adapters.use('same');
    const before = answersOf(classifier);
    for (const other of ['moods', 'stars', 'swapped']) {
      const refusal = expect.objectContaining({
        code: 'ERR_USAGE',
        message: expect.stringContaining(`same has "neg", "pos" and ${other} has`) as unknown,
      });
      expect(() => {
        adapters.use('same', other);
      }).toThrow(refusal);
      expect(() => {
        adapters.combine('both', { adapters: ['same', other], weights: [1, 1] });
      }).toThrow(refusal);
    }
    expect(answersOf(classifier)).toEqual(before);
    adapters.use('same', 'plain');
    expect(classifier.classes).toEqual(['neg', 'pos']);
    await Promise.resolve();
  });
});

test('when the logits are not those of one adapter as it was trained then nothing that was fitted to these counts', async () => {
  await withClassifier(async (classifier) => {
    const { adapters } = classifier;
    const fitted = { calibration: temperature(0.5), decision };
    const fit = (): unknown => [classifier.description.calibration, classifier.description.decision];
    adapters.add('twin', adapterOf(['at home', 'abroad', 'nowhere'], fitted));
    adapters.combine('sum', { adapters: ['places', 'twin'], weights: [0.5, 0.5] });
    adapters.combine('tenth', { adapters: ['places'], weights: [0.1] });
    const others: readonly (readonly [string[], scale: number])[] = [
      [['places'], 0.01],
      [['places', 'twin'], 1],
      [['sum'], 1],
      [['tenth'], 1],
    ];
    for (const [names, scale] of others) {
      adapters.use(...names);
      adapters.setScale('places', scale);
      expect(fit()).toEqual([null, undefined]);
      expect(classifier.classes).toEqual(['at home', 'abroad', 'nowhere']);
      const logits = classifier.logits([text]);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const [prediction] = classifier.predict([text]);
      const byHand = Array.from(logits, (logit) => expect.closeTo(Math.exp(logit) / total, 12) as unknown);
      expect(Object.values(prediction?.probabilities ?? {})).toEqual(byHand);
      adapters.setScale('places', 1);
    }
    adapters.use('places');
    expect(fit()).toEqual([fitted.calibration, decision]);
    await Promise.resolve();
  });
});

test('when adapters with an output layer of another height are combined then their layers add up', async () => {
  await withClassifier(async (classifier) => {
    const { adapters } = classifier;
    adapters.add('other', adapterOf(stars, { branches: new Map([['fc1', { ...branch, up: tensor(9, 3, 2) }]]) }));
    adapters.combine('both', { adapters: ['stars', 'other'], weights: [0.5, 0.25], combination: 'cat' });
    adapters.use('both');
    expect(classifier.classes).toEqual(stars);
    const together = classifier.logits([text]);
    adapters.use('stars', 'other');
    adapters.setScale('stars', 0.5);
    adapters.setScale('other', 0.25);
    const found = Array.from(classifier.logits([text]));
    expect(found).toEqual(Array.from(together, (value) => expect.closeTo(value, 10) as unknown));
    adapters.use('stars');
    adapters.merge();
    expect(classifier.classes).toEqual(stars);
    adapters.unmerge();
    await Promise.resolve();
  });
});

test('when an adapter is saved and loaded then its classes and what was fitted for it come back', async () => {
  await withClassifier(async (classifier, folder) => {
    const { adapters } = classifier;
    adapters.use('places');
    const before = answersOf(classifier);
    const path = join(folder, 'places');
    await adapters.save('places', path);
    adapters.delete('places');
    expect(classifier.classes).toEqual(['neg', 'pos']);
    await adapters.load('again', path);
    adapters.use('again');
    expect(answersOf(classifier)).toEqual(before);
    using opened = await TextClassifier.open(join(folder, 'run'), { adapter: path });
    expect(answersOf(opened)).toEqual(before);
    opened.adapters.use();
    expect(opened.description).toMatchObject({ classes: ['neg', 'pos'], calibration: temperature(4) });
    using plain = await TextClassifier.open(join(folder, 'run'), { adapter: path, decision: 'argmax' });
    expect(plain.description.decision).toBeUndefined();
  });
});

test('when the run of an adapter says what was fitted for it then loading it finds that', async () => {
  await withTemporaryFolder(async (folder) => {
    const base = await writeSmallRun(join(folder, 'base'));
    const tuned = await writeSmallRun(join(folder, 'tuned'), { calibration: temperature(2), adapter: true });
    using alone = await TextClassifier.open(tuned.path, { adapter: 'on' });
    alone.adapters.use();
    expect(alone.description.calibration).toBeNull();
    const said = JSON.parse(await readFile(join(tuned.path, 'model.json'), 'utf8')) as object;
    const adapter = join(tuned.path, 'adapter');
    using classifier = await TextClassifier.open(base.path);
    await classifier.adapters.load('before', adapter);
    classifier.adapters.use('before');
    expect(classifier.description.calibration).toBeNull();
    const config = alone.adapters.get('adapter').baseSha256;
    await writeFile(join(tuned.path, 'model.json'), JSON.stringify({ ...said, base: config }));
    await classifier.adapters.load('after', adapter);
    classifier.adapters.use('after');
    expect(classifier.description.calibration).toEqual(temperature(2));
  });
});

test('when an adapter with classes is of a linear model then it loads, with more outputs and without a branch', async () => {
  await withTemporaryFolder(async (folder) => {
    const words = ['<UNK>', 'good', 'bad', 'film', 'not'];
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(Vocabulary.of(words));
    const module = new Map([
      ['fc1.weight', tensor(1, 2, 5)],
      ['fc1.bias', tensor(2, 2)],
    ]);
    const { sha256: baseSha256 } = await run.writeModel('model', module);
    await run.writeDescription(notebookDescription(words.length, 0));
    const linear = { ...adapterOf(['sad', 'glad']), replaced: new Map(), baseSha256 };
    const branches = new Map([['fc1', { ...branch, up: tensor(5, 2, 2) }]] as const);
    const replaced = new Map([
      ['fc1.weight', tensor(6, 4, 5)],
      ['fc1.bias', tensor(7, 4)],
    ]);
    await run.writeAdapter({ ...linear, branches }, 'moods');
    await run.writeAdapter({ ...linear, branches: new Map(), replaced, classes: stars }, 'stars');
    await run.writeRun({ schema: 1, command: 'train' });
    using base = await TextClassifier.open(run.path);
    const before = answersOf(base);
    for (const [name, classes] of Object.entries({ moods: ['sad', 'glad'], stars })) {
      using classifier = await TextClassifier.open(run.path, { adapter: join(run.path, name) });
      expect(classifier.classes).toEqual(classes);
      await base.adapters.load(name, join(run.path, name));
      base.adapters.use(name);
      expect(answersOf(base)).toEqual(answersOf(classifier));
    }
    const [logits] = [base.logits([text])];
    expect(logits).toHaveLength(4);
    base.adapters.use();
    expect(answersOf(base)).toEqual(before);
  });
});

test('when an adapter has more outputs than the model and does not name them then it is refused', async () => {
  await withClassifier(async ({ adapters }) => {
    const unnamed = { ...adapterOf(stars) };
    Reflect.deleteProperty(unnamed, 'classes');
    expect(() => {
      adapters.add('unnamed', unnamed);
    }).toThrow(expect.objectContaining({ message: expect.stringContaining('is [4], expected [2]') as unknown }));
    expect(() => {
      adapters.add('miscounted', adapterOf(stars, { classes: ['one', 'two'] }));
    }).toThrow(
      expect.objectContaining({ message: expect.stringContaining('2 classes are not the names of 4') as unknown }),
    );
    await Promise.resolve();
  });
});
