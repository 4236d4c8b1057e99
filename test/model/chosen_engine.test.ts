import { expect, jest, test } from '@jest/globals';
import { ImdbTorchError } from '../../src/errors.js';

const sentence = 'Could not write /cache/libtorch: it is on a read-only file system.';
const linkLibtorch = jest.fn(() => {
  throw new ImdbTorchError('ERR_OUTPUT', sentence);
});
jest.unstable_mockModule('../../src/setup/libtorch_link.js', () => ({ linkLibtorch, pathInCache: () => null }));
const { chooseEngine } = await import('../../src/model/chosen_engine.js');

test('when the addon cannot be put where it is loaded from then that is told, and not tried for each model', async () => {
  const instead = `Plain JavaScript computes rather than the addon: ${sentence}`;
  const portable = { engine: 'portable', threads: undefined };
  expect(await chooseEngine()).toEqual({ ...portable, notes: [instead] });
  const notes = [instead, 'Without the addon one thread computes rather than 8.'];
  expect(await chooseEngine('auto', 8)).toEqual({ ...portable, notes });
  expect(linkLibtorch).toHaveBeenCalledTimes(1);
});

test('when the engine is settled then nothing is looked for', async () => {
  expect(await chooseEngine('native', 8)).toEqual({ engine: 'native', threads: 8, notes: [] });
  expect(await chooseEngine('portable', 1)).toEqual({ engine: 'portable', threads: undefined, notes: [] });
  await expect(chooseEngine('portable', 2)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  expect(linkLibtorch.mock.calls.length).toBeLessThan(2);
});
