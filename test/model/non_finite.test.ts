import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AdapterSet } from '../../src/model/adapter_set.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { readAdapter } from '../../src/storage/read_adapter.js';
import { readRun } from '../../src/storage/read_run.js';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from './helpers.js';

/** Puts a number into the middle of a tensor of a file. */
async function change(file: string, name: string, value: number): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  const { data } = tensors.get(name) ?? { data: [] };
  data[data.length >> 1] = value;
  await writeSafetensors(file, tensors, Object.fromEntries([...metadata].filter(([key]) => key !== 'format')));
}

const prefix = 'base_model.model';
const adapterFile = join('adapter', 'adapter_model.safetensors');
const places: [adapter: string, file: string, tensor: string][] = [
  ...['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'].map((name): [string, string, string] => [
    'off',
    'model.safetensors',
    name,
  ]),
  ['merged', 'merged.safetensors', 'fc1.weight'],
  ['on', adapterFile, `${prefix}.fc1.lora_A.weight`],
  ['on', adapterFile, `${prefix}.fc1.lora_B.weight`],
  ['on', adapterFile, `${prefix}.fc2.weight`],
  ['on', adapterFile, `${prefix}.fc2.bias`],
];

test.each(places)('when %s has in %s a number in %s that is not finite then it is not opened', (adapter, file, name) =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    for (const value of [NaN, Infinity, -Infinity]) {
      await change(join(path, file), name, value);
      const error: unknown = await TextClassifier.open(path, { adapter }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ERR_RUN', message: expect.stringMatching(/has a NaN or an infinity/) });
      expect((error as Error).message).toContain(name);
      expect((error as Error).message).toContain(file.replace(/^adapter./, ''));
    }
    await change(join(path, file), name, Number.MAX_VALUE);
    (await TextClassifier.open(path, { adapter })).dispose();
  }),
);

test('when a weight of a feature is not finite then the run is not opened', () =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const file = join(path, 'model.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"weighting": "none"', '"weighting": "naive-bayes"'));
    const model = join(path, 'model.safetensors');
    const { tensors } = await readSafetensors(model);
    const data = Float64Array.of(1, 2, NaN, 4, 5);
    await writeSafetensors(model, tensors.set('features.weight', { dtype: 'float64', shape: [5], data }));
    await expect(readRun(path)).rejects.toThrow('"features.weight" in model.safetensors has a NaN or an infinity');
  }));

test('when an adapter that is not finite is added then it is refused', () =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    using classifier = await TextClassifier.open(path, { adapter: 'off' });
    const shapes = new Map([...(await readRun(path)).tensors].map(([name, { shape }]) => [name, shape]));
    const adapter = await readAdapter(join(path, 'adapter'), shapes);
    adapter.branches.get('fc1')?.up.data.fill(NaN as never);
    const adapters = new AdapterSet(classifier.model);
    expect(() => {
      adapters.add('broken', adapter);
    }).toThrow(`${prefix}.fc1.lora_B.weight has a NaN or an infinity`);
  }));

test.each([
  [
    'weights',
    async (path: string) => {
      const file = join(path, 'model.safetensors');
      const { tensors } = await readSafetensors(file);
      for (const name of ['fc1.bias', 'fc2.weight']) tensors.get(name)?.data.fill(1e308 as never);
      await writeSafetensors(file, tensors);
    },
    'logits',
  ],
  [
    'a calibration',
    async (path: string) => {
      const file = join(path, 'model.json');
      const calibration = '"calibration": {"kind": "temperature", "temperature": 1e-310}';
      await writeFile(file, (await readFile(file, 'utf8')).replace('"calibration": null', calibration));
    },
    'probabilities',
  ],
] as const)('when %s are finite but what they give is not then predicting fails', (_, spoil, what) =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    await spoil(path);
    using classifier = await TextClassifier.open(path);
    expect(() => classifier.predict(['good film'])).toThrow(
      expect.objectContaining({ code: 'ERR_NON_FINITE', message: expect.stringContaining(`Expected finite ${what}`) }),
    );
  }),
);
