import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { notebookDescription } from '../../src/storage/model_description.js';
import { featurizerOf, readFeaturizer, readRun } from '../../src/storage/read_run.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import { withTemporaryFolder } from '../helpers.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

const words = ['<UNK>', 'good', 'film'];
const texts = ['a good good film', 'Film!', ''];

async function writeRun(folder: string, { weights }: { weights: number[] | null }): Promise<string> {
  const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
  await run.writeVocabulary(Vocabulary.of(words));
  const tensor = (shape: number[], data: number[]) => ({
    dtype: 'float32' as const,
    shape,
    data: Float32Array.from(data),
  });
  const tensors = [
    ['fc1.weight', tensor([2, 3], [1, 2, 3, 4, 5, 6])],
    ['fc1.bias', tensor([2], [0, 1])],
    ...(weights === null ? [] : [['features.weight', tensor([3], weights)] as const]),
  ] as const;
  await run.writeModel('model', new Map(tensors));
  const { features, ...description } = notebookDescription(words.length, 0);
  const weighting = weights === null ? ('none' as const) : ('naive-bayes' as const);
  await run.writeDescription({ ...description, output: 2, features: { ...features, weighting } });
  await run.writeRun({ schema: 1, command: 'train' });
  return run.path;
}

test.each([
  ['nothing', null],
  ['features', [0.5, -2, 0.25]],
])('when %s is weighted then texts are encoded as by the whole run, without the model', async (_, weights) => {
  await withTemporaryFolder(async (folder) => {
    const path = await writeRun(folder, { weights });
    const expected = featurizerOf(await readRun(path)).encodeBatch(texts);
    await rm(join(path, 'model.safetensors'));
    const encoded = (await readFeaturizer(path)).encodeBatch(texts);
    expect(encoded).toEqual(expected);
    expect([...encoded.ids]).toEqual([0, 1, 2, 2]);
  });
});

test('when the run is none or its vocabulary is gone then it says so', async () => {
  await withTemporaryFolder(async (folder) => {
    await expect(readFeaturizer(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_RUN' });
    const path = await writeRun(folder, { weights: null });
    await rm(join(path, 'vocabulary.txt'));
    await expect(readFeaturizer(path)).rejects.toMatchObject({ code: 'ERR_RUN' });
    await writeFile(join(path, 'run.json'), '{}');
    await expect(readFeaturizer(path)).rejects.toMatchObject({ code: 'ERR_RUN' });
  });
});
