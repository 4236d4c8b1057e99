import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openRun } from '../../src/serve/served_model.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';

test('when an adapter has classes of its own then they are told', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true, adapterClasses: ['mild', 'strong'] });
    const test = { loss: 0.3, accuracy: 0.9 };
    await writeFile(join(path, 'run.json'), JSON.stringify({ schema: 1, command: 'train', test }));
    const aboutOf = async (adapter: string): Promise<unknown> => {
      const model = await openRun(path, { adapter });
      model.dispose();
      return model.about;
    };
    const [base, own] = [
      ['neg', 'pos'],
      ['mild', 'strong'],
    ];
    const classesByAdapter = { off: base, on: own, merged: base };
    expect(await aboutOf('on')).toMatchObject({ classes: own, classesByAdapter, test: null });
    expect(await aboutOf('off')).toMatchObject({ classes: base, classesByAdapter, test });
  });
});

/** What requests can ask for, and what they get when they do not. */
async function served(path: string, adapter?: string): Promise<unknown> {
  const model = await openRun(path, { adapter });
  model.dispose();
  return [model.about.adapters, model.about.adapter];
}

test('when a run has an adapter, or another one is named, then that is what is served, beside the model alone', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const all = ['off', 'on', 'merged'];
    expect(await served(path)).toEqual([all, 'merged']);
    for (const adapter of all) expect(await served(path, adapter)).toEqual([all, adapter]);
    expect(await served(path, join(path, 'adapter'))).toEqual([['off', 'on'], 'on']);

    await rm(join(path, 'merged.safetensors'));
    await rename(join(path, 'adapter'), join(folder, 'elsewhere'));
    expect(await served(path)).toEqual([['off'], 'off']);
    expect(await served(path, join(folder, 'elsewhere'))).toEqual([['off', 'on'], 'on']);
    for (const adapter of ['on', 'merged', join(folder, 'nowhere')]) {
      await expect(served(path, adapter)).rejects.toMatchObject({ name: 'ImdbTorchError' });
    }
  });
});
