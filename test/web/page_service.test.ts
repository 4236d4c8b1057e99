import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, jest } from '@jest/globals';
import { ApiKeys } from '../../src/serve/api_keys.js';
import { Models } from '../../src/serve/models.js';
import { openRun } from '../../src/serve/served_model.js';
import { createServer } from '../../src/serve/server.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { accessibilityProblems, browserTest, withPage } from '../support/browser.js';
import { withServicePage } from './helpers.js';

// Chromium takes its time where other tests keep the processors busy.
jest.setTimeout(180_000);

browserTest(
  'when the service needs a key then the page asks for it, and again for another one where it is wrong',
  async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'keys');
      await writeFile(path, 'the-right-key-of-all', { mode: 0o600 });
      const keys = new ApiKeys(path);
      await keys.read();
      await withServicePage(
        async (page) => {
          const key = page.getByLabel('Key of this service');
          await key.fill('a-wrong-key');
          await key.press('Enter');
          await page.locator('#status.trouble', { hasText: 'received another one' }).waitFor();
          await key.fill('the-right-key-of-all');
          await page.getByRole('button', { name: 'Use it' }).click();
          await page.locator('#about', { hasText: 'neg or pos' }).waitFor();
          await page.getByLabel('A review').fill('good');
          await page.locator('.word', { hasText: 'good' }).waitFor();
          expect(await page.locator('#figures').isVisible()).toBe(false);
          expect(await page.locator('#status').innerText()).toBe('');
          await page.reload();
          await page.locator('#about', { hasText: 'neg or pos' }).waitFor();
          expect(await key.isVisible()).toBe(false);
          expect(await accessibilityProblems(page)).toEqual([]);
        },
        {},
        { keys },
      );
    });
  },
);

browserTest('when there are several models below a prefix then the page asks the one that is chosen', async () => {
  await withTemporaryFolder(async (folder) => {
    using models = new Models(['films', 'my mood']);
    for (const [name, classes] of Object.entries({ films: ['neg', 'pos'], 'my mood': ['glad', 'sad'] })) {
      await mkdir(join(folder, name));
      const { path } = await writeSmallRun(join(folder, name), { classes });
      models.put(name, await openRun(path, { name }));
    }
    const app = await createServer({ models, prefix: '/api' });
    await app.listen({ host: '127.0.0.1', port: 0 });
    await withPage({}, async (page) => {
      await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api`);
      const choice = page.getByLabel('Model');
      await page.getByLabel('A review').fill('good');
      await page.locator('.bars', { hasText: 'neg' }).waitFor();
      await choice.selectOption('my mood');
      await page.locator('.bars', { hasText: 'glad' }).waitFor();
      expect(await page.title()).toBe('my mood · imdb-torch');
      expect(await accessibilityProblems(page)).toEqual([]);
    });
    await app.close();
  });
});
