import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import { hashFile } from '../../src/system/file_hash.js';
import { withTemporaryFolder } from '../helpers.js';
import { logitsByHand, softmaxByHand, writeSmallRun } from './helpers.js';

const texts = ['A good film', 'bad', '', 'not good, NOT bad', Buffer.from('film \xff not', 'latin1')];
const ids = [[0, 1, 3], [2], [], [1, 2, 4], [3, 4]];
/** Sums of a few float64 numbers of about 1, in another order. */
const digits = 12;

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(found[index]).toBeCloseTo(value, digits);
  });
}

test.each(['off', 'on', 'merged'] as const)(
  'when the adapter is %s then logits are those of that model',
  async (adapter) => {
    await withTemporaryFolder(async (folder) => {
      const run = await writeSmallRun(folder, { adapter: true });
      using classifier = await TextClassifier.open(run.path, { adapter });

      expectClose(
        classifier.logits(texts),
        ids.flatMap((bag) => logitsByHand(run, bag, adapter)),
      );
    });
  },
);

test('when nothing is said then the merged model counts, else the adapter, else the model alone', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder, { adapter: true });
    using merged = await TextClassifier.open(run.path);
    expectClose(merged.logits(['good']), logitsByHand(run, [1], 'merged'));
    await rm(join(run.path, 'merged.safetensors'));
    using tuned = await TextClassifier.open(run.path);
    expectClose(tuned.logits(['good']), logitsByHand(run, [1], 'on'));
    using elsewhere = await TextClassifier.open(run.path, { adapter: join(run.path, 'adapter') });
    expectClose(elsewhere.logits(['good']), logitsByHand(run, [1], 'on'));
    await rm(join(run.path, 'adapter'), { recursive: true });
    using plain = await TextClassifier.open(run.path);
    expectClose(plain.logits(['good']), logitsByHand(run, [1], 'off'));
    await expect(TextClassifier.open(run.path, { adapter: 'on' })).rejects.toMatchObject({ code: 'ERR_RUN' });
  });
});

test('when an adapter was trained on another model then it is refused', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(join(folder, 'a'), { adapter: true });
    const other = await writeSmallRun(join(folder, 'b'), { adapter: true });
    const { tensors } = await readSafetensors(join(other.path, 'model.safetensors'));
    await writeSafetensors(join(other.path, 'model.safetensors'), tensors, { changed: 'yes' });
    const adapter = join(run.path, 'adapter');
    await expect(TextClassifier.open(other.path, { adapter })).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringMatching(/^Expected an adapter of the model with SHA-256 [0-9a-f]{64} but adapter was /),
    });
    using own = await TextClassifier.open(run.path, { adapter });
    expect(own.notes).toEqual([]);
  });
});

test('when the index of the features cannot be made then nothing of the model stays in memory', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const vocabulary = join(path, 'vocabulary.txt');
    await writeFile(vocabulary, (await readFile(vocabulary, 'utf8')).replace('bad', 'good'));
    const disposed = jest.spyOn(TextClassifier.prototype, 'dispose');
    try {
      await expect(TextClassifier.open(path)).rejects.toMatchObject({ code: 'ERR_RUN' });
      expect(disposed).toHaveBeenCalledTimes(1);
    } finally {
      disposed.mockRestore();
    }
  });
});

test('when the configuration of an adapter has unknown keys then the notes name them', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder, { adapter: true });
    const adapter = join(run.path, 'adapter');
    const path = join(adapter, 'adapter_config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...config, use_warp: true }));
    using classifier = await TextClassifier.open(run.path, { adapter: 'on' });
    expect(classifier.notes).toEqual([`${adapter}: "use_warp" is not known here and does not count.`]);
    expectClose(classifier.logits(['good']), logitsByHand(run, [1], 'on'));
  });
});

test('when there are more texts than are computed at once then each gets what it gets alone', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder);
    using classifier = await TextClassifier.open(run.path);
    const many = Array.from({ length: 2500 }, (_, k) => texts[k % texts.length] ?? '');
    const alone = texts.map((text) => classifier.predict([text])[0]);

    expect(classifier.predict(many)).toEqual(many.map((_, k) => alone[k % texts.length]));
    expect(classifier.predict([])).toEqual([]);
  });
});

test('when texts are predicted then probabilities are the softmax of the logits, with three classes too', async () => {
  await withTemporaryFolder(async (folder) => {
    const classes = ['bad', 'fair', 'good'];
    const run = await writeSmallRun(folder, { classes });
    using classifier = await TextClassifier.open(run.path);
    const predictions = classifier.predict(texts);

    expect(classifier.classes).toEqual(classes);
    predictions.forEach(({ label, probability, probabilities: byName }, row) => {
      expect(Object.keys(byName)).toEqual(classes);
      const probabilities = Object.values(byName);
      const expected = softmaxByHand(logitsByHand(run, ids[row] ?? []));
      expectClose(probabilities, expected);
      expect(probability).toBe(Math.max(...probabilities));
      expect(label).toBe(classes[probabilities.indexOf(probability)]);
    });
    expect(new Set(predictions.map(({ label }) => label)).size).toBeGreaterThan(1);
  });
});

test('when the model is calibrated then its probabilities and log-odds are', async () => {
  await withTemporaryFolder(async (folder) => {
    const cooled = await writeSmallRun(join(folder, 'a'), {
      calibration: { kind: 'temperature', temperature: 4 },
    });
    using first = await TextClassifier.open(cooled.path);
    const logits = logitsByHand(cooled, [1]);
    const [prediction] = first.predict(['good']);
    expectClose(Object.values(prediction?.probabilities ?? {}), softmaxByHand(logits.map((value) => value / 4)));

    const sigmoid = { kind: 'sigmoid', scale: 2, bias: -0.5 } as const;
    const fitted = await writeSmallRun(join(folder, 'b'), { calibration: sigmoid });
    using second = await TextClassifier.open(fitted.path);
    const [neg = NaN, pos = NaN] = logitsByHand(fitted, [1]);
    const odds = 2 * (pos - neg) - 0.5;
    expectClose(Object.values(second.predict(['good'])[0]?.probabilities ?? {}), softmaxByHand([0, odds]));
    expectClose(second.logOdds(second.logits(['good'])), [-odds, odds]);
  });
});

test('when a decision was fitted then it chooses the label, and argmax leaves it out; probabilities stay', async () => {
  await withTemporaryFolder(async (folder) => {
    const classes = ['bad', 'fair', 'good'];
    const offsets = [0, 2, 0.5];
    const run = await writeSmallRun(folder, { classes, decision: { offsets } });
    using fitted = await TextClassifier.open(run.path);
    using plain = await TextClassifier.open(run.path, { decision: 'argmax' });
    const [found, usual] = [fitted.predict(texts), plain.predict(texts)];
    for (const [row, { label, probability, probabilities: byName }] of found.entries()) {
      const probabilities = classes.map((name) => byName[name] ?? NaN);
      const scores = probabilities.map((p, k) => Math.log(p) + (offsets[k] ?? NaN));
      const best = scores.indexOf(Math.max(...scores));
      expect([label, probability]).toEqual([classes[best], probabilities[best]]);
      expect(usual[row]?.probabilities).toEqual(byName);
      expect(usual[row]?.probability).toBe(Math.max(...probabilities));
    }
    expect(found.map(({ label }) => label)).not.toEqual(usual.map(({ label }) => label));
    expect(plain.description).not.toHaveProperty('decision');
    expect(fitted.decide(Float64Array.of(0.7, 0.2, 0.1))).toEqual(Int32Array.of(1));
    await expect(TextClassifier.open(run.path, { decision: 'best' as 'argmax' })).rejects.toThrow(/fitted.*argmax/);
  });
});

test('when an adapter takes part or not then only a decision that was fitted so counts', async () => {
  await withTemporaryFolder(async (folder) => {
    const decision = { offsets: [0, 1] };
    const decisionOf = async (path: string, adapter?: string): Promise<unknown[]> => {
      using classifier = await TextClassifier.open(path, { adapter });
      return [classifier.description.decision, ...classifier.notes];
    };
    const base = await writeSmallRun(join(folder, 'base'), { decision });
    const own = { decision: { offsets: [0.5, 0] }, adapter: true };
    const tuned = await writeSmallRun(join(folder, 'tuned'), own);
    const other = await writeSmallRun(join(folder, 'other'), { ...own, adapterClasses: ['mild', 'strong'] });
    const note = (path: string, how: string): string =>
      `The thresholds of ${path} were fitted ${how} and do not count here: the most probable class is predicted.`;

    expect(await decisionOf(base.path)).toEqual([decision]);
    for (const adapter of ['on', 'merged']) expect(await decisionOf(tuned.path, adapter)).toEqual([own.decision]);
    expect(await decisionOf(tuned.path, 'off')).toEqual([undefined, note(tuned.path, 'with its own adapter')]);
    const adapter = join(tuned.path, 'adapter');
    expect(await decisionOf(base.path, adapter)).toEqual([undefined, note(base.path, 'without an adapter')]);
    expect(await decisionOf(other.path, 'on')).toEqual([undefined]);
  });
});

/** What a run is opened with: its calibration, and what is said of it. */
async function calibrationOf(path: string, adapter?: string): Promise<unknown[]> {
  using classifier = await TextClassifier.open(path, { adapter });
  return [classifier.description.calibration, ...classifier.notes];
}

test('when an adapter takes part or not then only a calibration that was fitted so counts', async () => {
  await withTemporaryFolder(async (folder) => {
    const calibration = { kind: 'temperature', temperature: 4 } as const;
    const hotter = { kind: 'temperature', temperature: 2 } as const;
    const base = await writeSmallRun(join(folder, 'base'), { calibration });
    const tuned = await writeSmallRun(join(folder, 'tuned'), { calibration: hotter, adapter: true });
    const adapter = join(tuned.path, 'adapter');
    const note = (path: string, how: string): string =>
      `The calibration of ${path} was fitted ${how} and does not count here: probabilities are the model's own.`;

    expect(await calibrationOf(base.path)).toEqual([calibration]);
    for (const own of ['on', 'merged', adapter]) expect(await calibrationOf(tuned.path, own)).toEqual([hotter]);
    expect(await calibrationOf(tuned.path, 'off')).toEqual([null, note(tuned.path, 'with its own adapter')]);

    // The run of the adapter does not say that it has the same base, then it does, then the adapter is elsewhere.
    const withoutAny = [null, note(base.path, 'without an adapter')];
    expect(await calibrationOf(base.path, adapter)).toEqual(withoutAny);
    const { sha256 } = await hashFile(join(base.path, 'model.safetensors'));
    const description = join(tuned.path, 'model.json');
    const said = JSON.parse(await readFile(description, 'utf8')) as object;
    await writeFile(description, JSON.stringify({ ...said, base: sha256 }));
    expect(await calibrationOf(base.path, adapter)).toEqual([hotter]);
    const elsewhere = join(folder, 'elsewhere');
    await rename(adapter, elsewhere);
    expect(await calibrationOf(base.path, elsewhere)).toEqual(withoutAny);
  });
});

test('when a merged model says what it is then that counts, and not what the run says', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder, { adapter: true });
    const path = join(run.path, 'merged.safetensors');
    const { tensors } = await readSafetensors(path);
    const said = JSON.parse(await readFile(join(run.path, 'model.json'), 'utf8')) as object;
    const own = { classes: ['mild', 'strong'], calibration: { kind: 'temperature', temperature: 3 } };
    await writeSafetensors(path, tensors, { description: JSON.stringify({ ...said, ...own }) });
    using classifier = await TextClassifier.open(run.path);
    expect(classifier.description).toMatchObject(own);
    await writeSafetensors(path, tensors, { description: '{' });
    await expect(TextClassifier.open(run.path)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringContaining(path),
    });
  });
});
