import { expect } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { drawPage } from '../../src/report/html/page.js';
import { accessibilityProblems, browserTest, withBrowser } from '../support/browser.js';
import { loraRun, trainRun, viewsOf } from './support/runs.js';

const train = drawPage(viewsOf([trainRun()]));
const lora = drawPage(viewsOf([loraRun()]));
const both = drawPage(viewsOf([trainRun(), loraRun({ classes: ['a', 'a class of three', 'c'] })]));

const wideAndLight: BrowserContextOptions = { viewport: { width: 1600, height: 1000 }, colorScheme: 'light' };
const narrowAndDark: BrowserContextOptions = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' };

/** Opens a report with all its tables. */
async function open(browser: Browser, screen: BrowserContextOptions, content: string): Promise<Page> {
  const page = await browser.newPage(screen);
  await page.setContent(content);
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  return page;
}

browserTest.each([
  ['on a wide and light screen', wideAndLight],
  ['on a narrow and dark screen', narrowAndDark],
])('when a report is shown %s then axe-core finds nothing wrong', async (_, screen) => {
  await withBrowser(async (browser) => {
    expect(await accessibilityProblems(await open(browser, screen, both))).toEqual([]);
  });
});

browserTest('when a screen is narrow then no report is wider than it', async () => {
  await withBrowser(async (browser) => {
    for (const content of [train, lora, both]) {
      const page = await open(browser, narrowAndDark, content);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
  });
});

browserTest('when there are many classes then no number of the confusion matrix leaves its cell', async () => {
  const classes = Array.from({ length: 12 }, (_, k) => `class ${k}`);
  const many = drawPage(viewsOf([trainRun({ classes })]));
  await withBrowser(async (browser) => {
    const page = await open(browser, narrowAndDark, many);
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('.matrix td')].filter((cell) => cell.scrollWidth > cell.clientWidth).length",
      ),
    ).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

browserTest('when a report is opened then it fetches nothing and has no script', async () => {
  await withBrowser(async (browser) => {
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.setContent(both, { waitUntil: 'networkidle' });
    expect(requests).toEqual([]);
    expect(await page.locator('script, link, img, iframe').count()).toBe(0);
  });
});

browserTest('when a report is shown then its columns are as high as the axis says', async () => {
  await withBrowser(async (browser) => {
    const page = await open(browser, narrowAndDark, train);
    const picture = page.locator('.plot', { has: page.locator('.diagonal') });
    const { height: whole = NaN } = (await picture.boundingBox()) ?? {};
    const { evaluation } = trainRun() as {
      evaluation: { calibration: { reliability: { accuracy: number }[] } };
    };
    const columns = await picture.locator('rect.column').all();
    const filled = evaluation.calibration.reliability.slice(7);
    expect(columns).toHaveLength(filled.length);
    for (const [index, { accuracy }] of filled.entries()) {
      // Half a pixel.
      expect((await columns[index]?.boundingBox())?.height).toBeCloseTo(accuracy * whole, 0);
    }
  });
});

browserTest('when several runs are printed then no word is broken into letters', async () => {
  await withBrowser(async (browser) => {
    const page = await open(browser, { viewport: { width: 700, height: 1000 } }, both);
    await page.emulateMedia({ media: 'print' });
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.bars dt')].map((name) => name.getBoundingClientRect().height)",
    );
    expect(heights.length).toBeGreaterThan(50);
    // Two lines of text.
    expect(Math.max(...heights)).toBeLessThan(40);
  });
});

browserTest('when a report is printed then it is light and its tables of details are left out', async () => {
  await withBrowser(async (browser) => {
    const page = await open(browser, { colorScheme: 'dark' }, lora);
    await page.emulateMedia({ media: 'print' });
    const coloursOf = 'const { backgroundColor, color } = getComputedStyle(document.body)';
    const light = (await open(browser, { colorScheme: 'light' }, lora)).evaluate(`${coloursOf}; color`);
    expect(await page.evaluate(`${coloursOf}; [backgroundColor, color]`)).toEqual(['rgb(255, 255, 255)', await light]);
    expect(await page.locator('details:visible').count()).toBe(0);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
