import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import { withTemporaryFolder } from '../helpers.js';

test('when files have been written then their sizes and hashes are listed', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(['<UNK>', 'naïve']);
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
