import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recordFile } from '../../src/storage/recorded_files.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import { withTemporaryFolder } from '../helpers.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

test('when files have been written then their sizes and hashes are listed', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(Vocabulary.of(['<UNK>', 'naïve']));
    await run.appendMetrics({ epoch: 1 });
    const expected = await Promise.all(
      ['metrics.jsonl', 'vocabulary.txt'].map(async (name) => {
        const content = await readFile(join(run.path, name));
        const sha256 = createHash('sha256').update(content).digest('hex');
        return { name, bytes: content.length, sha256 };
      }),
    );
    expect(await run.listFiles()).toEqual(expected);
  });
});

test('when a file is written, changed or removed later then run.json is made to say so, and nothing else', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(Vocabulary.of(['<UNK>', 'a']));
    const files = await run.listFiles();
    const test = { loss: 0.1 + 0.2, accuracy: 0.5 };
    const document = { schema: 1 as const, test, files, argv: ['train'] };
    await run.writeRun(document);
    const merged = join(run.path, 'merged.safetensors');
    const recorded = async (): Promise<unknown> => {
      await recordFile(run.path, 'merged.safetensors');
      return JSON.parse(await readFile(join(run.path, 'run.json'), 'utf8'));
    };
    for (const content of ['one', 'another']) {
      await writeFile(merged, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const entry = { name: 'merged.safetensors', bytes: content.length, sha256 };
      expect(await recorded()).toEqual({ ...document, files: [entry, ...files] });
    }
    await rm(merged);
    expect(await recorded()).toEqual(document);
    const whole = await readFile(join(run.path, 'run.json'), 'utf8');
    await run.writeRun(document);
    expect(await readFile(join(run.path, 'run.json'), 'utf8')).toBe(whole);

    await run.writeRun({ schema: 1 });
    await writeFile(merged, 'one');
    expect(await recorded()).toEqual({ schema: 1 });
  });
});
