import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDataset } from '../../../src/data/dataset.js';
import { committedExperiment } from '../../../src/experiments/verify/experiment_plan.js';
import {
  committedCases,
  readReferenceSet,
  type ReferenceSet,
} from '../../../src/experiments/verify/reference_cases.js';
import { backendsOf, verifyCases, type VerifyOptions } from '../../../src/experiments/verify/verify.js';
import { casePassed } from '../../../src/experiments/verify/case_result.js';
import { readSafetensors, writeSafetensors } from '../../../src/storage/safetensors.js';
import { withTemporaryFolder } from '../../helpers.js';

const backends: VerifyOptions['backends'] = [
  { engine: 'torch', device: 'cpu' },
  { engine: 'torch', device: 'cuda:0' },
  { engine: 'fused', device: 'cpu' },
  { engine: 'portable', device: 'cpu' },
];
const dataset = await readDataset({ ...committedExperiment.data, cacheFolder: null });
const committed = await readReferenceSet(committedCases());

function only(set: ReferenceSet, ...names: string[]): ReferenceSet {
  return { ...set, cases: set.cases.filter(({ facts }) => names.includes(facts.name)) };
}

/** The committed cases, with one of their files changed. */
async function withChange<T>(
  change: (folder: string) => Promise<void>,
  work: (set: ReferenceSet) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const copy = join(folder, 'cases');
    await mkdir(copy);
    for (const name of await readdir(committedCases())) await copyFile(join(committedCases(), name), join(copy, name));
    await change(copy);
    return work(await readReferenceSet(copy));
  });
}

test('when a case is of what only libtorch computes then it runs on every device of libtorch, else by every engine', () => {
  const engines = (name: string): string[] =>
    only(committed, name).cases.flatMap((reference) =>
      backendsOf(reference, backends).map(({ engine, device }) => `${engine} ${device}`),
    );
  expect(engines('relu-float32')).toEqual(['torch cpu', 'torch cuda:0']);
  expect(engines('softmax-float64')).toEqual(['torch cpu', 'torch cuda:0', 'fused cpu']);
  expect(engines('shuffle-40')).toEqual(['torch cpu']);
});

test('when a case is of what a trained model computes then the portable engine recomputes it as well', () => {
  const engines = (name: string): string[] =>
    only(committed, name).cases.flatMap((reference) => backendsOf(reference, backends).map(({ engine }) => engine));
  expect(engines('softmax-6-on-float32')).toEqual(['torch', 'torch', 'fused', 'portable']);
  expect(engines('dora-1-8-float64')).toEqual(['torch', 'torch', 'portable']);
  expect(engines('start-pissa-1-0')).toEqual(['torch', 'torch']);
  expect(engines('norm')).toEqual(['fused', 'portable']);
});

test('when a case of answers has a tensor that nobody looks at then it fails by every engine', async () => {
  const change = async (folder: string): Promise<void> => {
    const path = join(folder, 'answers.safetensors');
    const { tensors } = await readSafetensors(path);
    tensors.set('norm/gradient', { dtype: 'float32', shape: [], data: Float32Array.of(1) });
    await writeSafetensors(path, tensors);
  };
  const results = await withChange(change, (set) => verifyCases(only(set, 'norm', 'linear'), { backends, dataset }));
  const failed = results.filter((result) => !casePassed(result)).map(({ name, engine }) => `${name} ${engine}`);
  expect(failed).toEqual(['norm fused', 'norm portable']);
});

test('when one value of PyTorch is another then exactly that comparison fails, by every engine', async () => {
  const change = async (folder: string): Promise<void> => {
    const path = join(folder, 'training.safetensors');
    const { tensors } = await readSafetensors(path);
    const tensor = tensors.get('logits-float64/lora.B');
    if (tensor === undefined) throw new Error('The case has no B.');
    tensor.data[3] = Number(tensor.data[3]) * (1 + 1e-9) + 1e-9;
    await writeSafetensors(path, tensors);
  };
  const results = await withChange(change, (set) =>
    verifyCases(only(set, 'logits-float64', 'softmax-float64'), {
      backends: backends.filter(({ device }) => device === 'cpu'),
      dataset,
    }),
  );
  const failed = results.flatMap(({ name, engine, comparisons }) =>
    comparisons.filter(({ passed }) => !passed).map(({ what }) => [name, engine, what]),
  );
  expect(failed).toEqual([
    ['logits-float64', 'torch', 'lora.B'],
    ['logits-float64', 'fused', 'lora.B'],
  ]);
});

test('when a tensor of a case is never looked at then the case fails', async () => {
  const change = async (folder: string): Promise<void> => {
    const path = join(folder, 'losses.safetensors');
    const { tensors } = await readSafetensors(path);
    const name = 'cross-entropy-logits-2-float32';
    tensors.set(`${name}/extra`, { dtype: 'float32', shape: [], data: Float32Array.of(1) });
    await writeSafetensors(path, tensors);
  };
  const [result] = await withChange(change, (set) =>
    verifyCases(only(set, 'cross-entropy-logits-2-float32'), { backends: backends.slice(0, 1), dataset }),
  );
  const failed = result?.comparisons.filter(({ passed }) => !passed);
  expect(failed).toMatchObject([{ what: 'what was not compared', problem: 'is extra, expected ' }]);
});

test('when a recomputation throws then its case fails and the others go on', async () => {
  const change = async (folder: string): Promise<void> => {
    const path = join(folder, 'index.json');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(/"name": "relu-float32"(.*)"operator": "relu"/, '"name": "relu-float32"$1"operator": "item"'),
    );
  };
  const results = await withChange(change, (set) =>
    verifyCases(only(set, 'relu-float32', 'abs-float32'), { backends: backends.slice(0, 1), dataset }),
  );
  expect(results.map((result) => [result.name, casePassed(result)])).toEqual([
    ['relu-float32', false],
    ['abs-float32', true],
  ]);
  expect(results[0]?.comparisons).toMatchObject([
    { problem: expect.stringMatching(/^failed: Expected one element but received shape/) },
  ]);
});

test('when a case is of an unknown group then it is refused', async () => {
  const change = async (folder: string): Promise<void> => {
    const path = join(folder, 'index.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('"group": "losses"', '"group": "gains"'));
    await copyFile(join(folder, 'losses.safetensors'), join(folder, 'gains.safetensors'));
  };
  await withChange(change, async (set) => {
    const verified = verifyCases(set, { backends: backends.slice(0, 1), dataset });
    await expect(verified).rejects.toMatchObject({
      code: 'ERR_SAFETENSORS',
      message: expect.stringMatching(/one of the groups operators, .* but cross-entropy-\S+ is of gains/),
    });
  });
});

test('when the index is missing or no JSON then it is refused', async () => {
  await withTemporaryFolder(async (folder) => {
    await expect(readReferenceSet(folder)).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
    await writeFile(join(folder, 'index.json'), '{');
    await expect(readReferenceSet(folder)).rejects.toMatchObject({
      code: 'ERR_SAFETENSORS',
      message: expect.stringMatching(/^Cannot read the reference cases .*index\.json: /),
    });
  });
});

test('when it is interrupted then it stops with the reason of the signal', async () => {
  const reason = new Error('enough');
  const verified = verifyCases(committed, {
    backends: backends.slice(0, 1),
    dataset,
    signal: AbortSignal.abort(reason),
  });
  await expect(verified).rejects.toBe(reason);
});
