import { expect, test } from '@jest/globals';
import { Models } from '../../src/serve/models.js';
import { openRun, type ServedModel } from '../../src/serve/served_model.js';
import { createServer } from '../../src/serve/server.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { join } from 'node:path';
import { askApp, withService } from './helpers.js';

test('when there are several models then the path names one, and the first answers where it names none', async () => {
  await withTemporaryFolder(async (folder) => {
    const films = await writeSmallRun(join(folder, 'one'), { adapter: true });
    const moods = await writeSmallRun(join(folder, 'two'), { classes: ['glad', 'sad', 'calm'] });
    using models = new Models(['films', 'moods of all']);
    models.put('films', await openRun(films.path, { name: 'films' }));
    models.put('moods of all', await openRun(moods.path, { name: 'moods of all' }));
    const app = await createServer({ models, allowedHosts: ['*'] });
    const { get, post } = askApp(app);
    const text = 'not a good film';
    const own = await post('/predict', { text });
    expect(own).toEqual(await post('/models/films/predict', { text }));
    const other = (await post('/models/moods%20of%20all/predict', { text })) as { probabilities: object };
    expect(Object.keys(other.probabilities)).toEqual(['glad', 'sad', 'calm']);
    expect(await post('/models/moods%20of%20all/explain', { text })).toMatchObject({ prediction: other });
    expect(await get('/models')).toMatchObject({
      default: 'films',
      models: [
        { name: 'films', adapters: ['off', 'on', 'merged'], classes: ['neg', 'pos'] },
        { name: 'moods of all', adapters: ['off'], classes: ['glad', 'sad', 'calm'] },
      ],
    });
    expect(await get('/model')).toEqual(await get('/models/films'));
    expect(await post('/models/moods%20of%20all/predict', { text, adapter: 'on' })).toEqual({
      code: 'ERR_BAD_REQUEST',
      message: 'The request\'s body/adapter must be one of this model: ["off"].',
    });
    for (const path of ['/models/nowhere/predict', '/models/__proto__/explain', '/models/FILMS/predict'])
      expect(await post(path, { text })).toMatchObject({ code: 'ERR_NOT_FOUND' });
    await app.close();
  });
});

/** A model of which is noted when it is disposed of. */
async function watched(path: string, disposed: string[], label: string): Promise<ServedModel> {
  const model = await openRun(path, { name: 'run' });
  return {
    ...model,
    about: { ...model.about, version: label },
    dispose: () => {
      disposed.push(label);
      model.dispose();
    },
  };
}

test('when a model is exchanged then requests under way end with the one before, which is then disposed of', async () => {
  await withService(
    async ({ ask, post, models, run, failures }) => {
      const disposed: string[] = [];
      models.put('run', await watched(run.path, disposed, 'before'));
      const after = await watched(run.path, disposed, 'after');
      const text = Array(1000).fill('good bad film '.repeat(60)) as string[];
      const large = post('/predict', { text });
      while (!(await ask('/metrics')).body.includes('imdb_torch_requests_waiting 1'));
      models.put('run', after);
      expect(disposed).toEqual([]);
      expect(await post('/predict', { text: 'good' })).toHaveProperty('label');
      expect(((await large) as { predictions: unknown[] }).predictions).toHaveLength(1000);
      expect(disposed).toEqual(['before']);
      expect(JSON.parse((await ask('/model')).body)).toMatchObject({ version: 'after' });
      models[Symbol.dispose]();
      expect(disposed).toEqual(['before', 'after']);
      expect(failures).toEqual([]);
    },
    { isReady: false },
  );
});
