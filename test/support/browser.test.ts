import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import { accessibilityProblems, browserTest, withPage } from './browser.js';

browserTest('when a page has flaws then they are found, under a strict policy too', async () => {
  const body = '<title>t</title><img src="data:,"><p style="color: #ccc; background: #fff">faint';
  const server = createServer((_request, response) => {
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    response.setHeader('content-type', 'text/html').end(`<!doctype html>${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await withPage({}, async (page) => {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const rules = (await accessibilityProblems(page)).map((problem) => problem.split(' ')[0]);
      expect(rules).toEqual(expect.arrayContaining(['color-contrast', 'html-has-lang', 'image-alt']));
    });
  } finally {
    server.close();
  }
});
