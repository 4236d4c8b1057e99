/** The pages of exported models, in Chromium: as one file from the disk, and in a folder on a web server. */
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, jest } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { TextClassifier, explainText } from '../../src/index.js';
import { withRunOfManyScripts } from '../export/helpers.js';
import { textsOfManyScripts } from '../export/many_scripts.js';
import { accessibilityProblems, browserTest, withPage } from '../support/browser.js';
import { withLocalServer } from '../support/local_server.js';

// Chromium takes its time where other tests keep the processors busy.
jest.setTimeout(300_000);

/** The native engine keeps the values of weighted features in float32. */
const digits = 6;

/** What the page shows of a text. */
interface Shown {
  label: string;
  shares: number[];
  words: { text: string; isColoured: boolean }[];
}

/** Types a text all at once, and waits for the answer. */
async function ask(page: Page, text: string): Promise<Shown> {
  const asked = async (given: string): Promise<unknown> => {
    const { document, Event, getComputedStyle } = globalThis as unknown as {
      document: { querySelector(which: string): Field; querySelectorAll(which: string): Iterable<Field> };
      Event: new (name: string, options: object) => object;
      getComputedStyle: (of: Field) => { backgroundColor: string };
    };
    interface Field {
      value: string;
      textContent: string;
      dispatchEvent(event: object): void;
      style: { getPropertyValue(name: string): string };
    }
    const input = document.querySelector('#text');
    input.value = given;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    for (let k = 0; (document.querySelector('.text') as Field | null)?.textContent !== given; k += 1) {
      if (k === 2000)
        throw new Error(`No answer to ${JSON.stringify(given)}: ${document.querySelector('#status').textContent}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return {
      label: document.querySelector('.verdict strong').textContent,
      shares: [...document.querySelectorAll('.bar')].map((bar) => Number(bar.style.getPropertyValue('--share'))),
      words: [...document.querySelectorAll('.text .word')].map((word) => ({
        text: word.textContent,
        isColoured: getComputedStyle(word).backgroundColor !== 'rgba(0, 0, 0, 0)',
      })),
    };
  };
  return (await page.evaluate(asked, text)) as Shown;
}

/** Opens a page, and expects that it asks for nothing but `requests`, and that the browser has nothing to complain of. */
async function withExportedPage(
  url: string,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
  requests: readonly string[],
): Promise<void> {
  await withPage(options, async (page) => {
    const [complaints, asked]: [string[], string[]] = [[], []];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))",
    );
    await page.goto(url);
    await use(page);
    expect(complaints).toEqual([]);
    const elsewhere = asked.filter((one) => !one.startsWith('blob:') && !one.startsWith('data:'));
    expect(new Set(elsewhere)).toEqual(new Set([url, ...requests]));
    expect(page.workers().length).toBe(1);
  });
}

/** Runs `use` with a server of the files in a folder. */
async function withServer(folder: string, use: (origin: string) => Promise<void>): Promise<void> {
  const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
  const answer: RequestListener = ({ url = '/' }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    response.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream');
    response.end(readFileSync(join(folder, name)));
  };
  await withLocalServer(answer, use);
}

async function expectAnswers(page: Page, native: TextClassifier, texts: readonly string[]): Promise<void> {
  const predictions = native.predict(texts);
  for (const [k, text] of texts.entries()) {
    const { label, shares, words } = await ask(page, text);
    const { label: expected, probabilities } = predictions[k] ?? { label: '', probabilities: {} };
    expect({ text, label }).toEqual({ text, label: expected });
    expect(shares).toEqual(Object.values(probabilities).map((share) => expect.closeTo(share, digits) as unknown));
    const spans = explainText(native, text).words.flatMap(({ spans: all }) => all);
    const isShown = new Uint8Array(text.length);
    for (const { start, end } of spans) isShown.fill(1, start, end);
    expect(words.map((word) => word.text).join('')).toBe(
      text.replace(/[^]/g, (unit, k: number) => (isShown[k] === 1 ? unit : '')),
    );
    expect(words.every(({ isColoured }) => isColoured)).toBe(true);
  }
}

browserTest('when a page of one file is opened from the disk then it answers as the native engine does', async () => {
  await withRunOfManyScripts(async (run, exportTo) => {
    const file = await exportTo({ to: 'html' });
    using native = await TextClassifier.open(run);
    const url = pathToFileURL(file).href;
    await withExportedPage(
      url,
      { offline: true },
      async (page) => {
        expect(await page.title()).toBe('many <b>scripts · imdb-torch');
        expect(await page.locator('h1').innerText()).toBe('many <b>scripts');
        await page.getByLabel('A text').pressSequentially('Not good, not a <b>bad</b>!');
        await page.locator('.word', { hasText: 'bad' }).waitFor();
        expect(await page.locator('.text').textContent()).toBe('Not good, not a <b>bad</b>!');
        expect(await page.locator('#legend').innerText()).toMatch(/^speaks for pos\s+speaks for neg$/);
        await expectAnswers(page, native, textsOfManyScripts(200));
        const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script> bad';
        await ask(page, hostile);
        expect(await page.locator('main img, main script').count()).toBe(0);
        await page.getByLabel('A text').fill('good '.repeat(2001));
        await page.getByText('Words are coloured in texts of up to 10,000 characters.').waitFor();
        await page.getByLabel('A text').fill('');
        await page.locator('#result').waitFor({ state: 'hidden' });
      },
      [],
    );
  });
});

browserTest('when a page lies on a server beside its model then it loads that and no more, and answers', async () => {
  await withRunOfManyScripts(async (run, exportTo) => {
    const folder = await exportTo({ to: 'web' });
    using native = await TextClassifier.open(run);
    await withServer(folder, async (origin) => {
      await withExportedPage(
        `${origin}/`,
        {},
        async (page) => {
          await expectAnswers(page, native, textsOfManyScripts(20, 7));
        },
        [`${origin}/classifier.js`, `${origin}/model.bin`],
      );
    });
    await withPage({}, async (page) => {
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      await page.locator('#status.trouble', { hasText: 'works on a web server only' }).waitFor();
    });
  });
});

browserTest('when the browser refuses to start a worker then the page beside its model answers by itself', async () => {
  await withRunOfManyScripts(async (_run, exportTo) => {
    await withServer(await exportTo({ to: 'web' }), async (origin) => {
      await withPage({}, async (page) => {
        await page.addInitScript(
          "globalThis.Worker = class { constructor() { throw new DOMException('refused', 'SecurityError'); } }",
        );
        await page.goto(`${origin}/`);
        await page.getByLabel('A text').fill('good');
        await page.locator('.word', { hasText: 'good' }).waitFor();
      });
    });
  });
});

browserTest('when the browser cannot unpack the model then the page says which can', async () => {
  await withRunOfManyScripts(async (_run, exportTo) => {
    const file = await exportTo({ to: 'html' });
    await withPage({}, async (page) => {
      await page.addInitScript('delete globalThis.DecompressionStream');
      await page.goto(pathToFileURL(file).href);
      await page.locator('#status.trouble', { hasText: 'open the page in Chrome or Edge 110' }).waitFor();
    });
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`when it is ${colorScheme} then axe-core finds nothing, and nothing is wider than a phone`, async () => {
    await withRunOfManyScripts(async (_run, exportTo) => {
      const url = pathToFileURL(await exportTo({ to: 'html' })).href;
      const options = { colorScheme, viewport: { width: 360, height: 740 } };
      await withExportedPage(
        url,
        options,
        async (page) => {
          expect(await accessibilityProblems(page)).toEqual([]);
          await page.getByRole('button', { name: 'Torn' }).click();
          await page.locator('.word').first().waitFor();
          await page.getByText('All words by their effect').click();
          await page.keyboard.press('Tab');
          await page.locator('.text').focus();
          await page.keyboard.press('ArrowRight');
          expect(await page.locator('#word').innerText()).toMatch(/^\u201c.*\u201d.* for pos$/);
          expect(await accessibilityProblems(page)).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
        },
        [],
      );
    });
  });
}
