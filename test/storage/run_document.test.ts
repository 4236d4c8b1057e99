import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRunDocument } from '../../src/storage/read_run.js';
import { withTemporaryFolder } from '../helpers.js';

async function read(document: object): Promise<unknown> {
  return withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'run.json'), JSON.stringify(document));
    return readRunDocument(folder).catch((error: unknown) => error);
  });
}

test('when a document has some of the fields, and others that are not known, then it is read as it is written', async () => {
  const test = { loss: null, accuracy: 0.5, later: [1] };
  for (const document of [{ schema: 1 }, { later: { a: 1 }, test, schema: 1, options: { lr: 0.1 } }]) {
    expect(JSON.stringify(await read(document))).toBe(JSON.stringify(document));
  }
});

test.each([
  [{ test: { loss: 'x', accuracy: 0.5 } }, /expected .*number.* as "test\.loss" but it is "x"/],
  [{ test: { accuracy: 0.5 } }, /expected a field "test\.loss" but there is none/],
  [{ test: 5 }, /expected Object as "test" but it is 5/],
  [{ epochs: {} }, /expected Array as "epochs" but it is Object/],
  [{ epochs: [{ epoch: 1 }] }, /expected a field "epochs\.0\.seconds"/],
  [{ calibration: null }, /as "calibration" but it is null/],
])('when a document has %j then the error names the file, the field, and what to do', async (fields, message) => {
  const error = await read({ schema: 1, ...fields });
  expect(error).toMatchObject({ code: 'ERR_RUN', message: expect.stringMatching(message) });
  expect((error as Error).message).toMatch(/run\.json.* make the run again\.$/);
});
