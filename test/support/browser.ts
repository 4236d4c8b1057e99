/** A real Chromium for the tests of pages: the distribution's package, driven with playwright-core. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The program of the browser; null where there is none. */
export const chromiumPath = findChromium();
if (chromiumPath === null)
  console.warn(`skipped: there is no Chromium in PATH (${names.join(', ')}); apt-get install chromium`);

/** `test`, skipped where there is no Chromium. */
export const browserTest = chromiumPath === null ? test.skip : test;

/** Runs `use` with a new browser, closed afterwards. */
export async function withBrowser<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '' });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** Runs `use` with a new page of a new browser. @param options such as `viewport` and `colorScheme` */
export async function withPage<T>(options: BrowserContextOptions, use: (page: Page) => Promise<T>): Promise<T> {
  return withBrowser(async (browser) => use(await browser.newPage(options)));
}

/**
 * What axe-core finds wrong with the page as it is now (WCAG 2.2 A and AA, and its best practices), a line an element;
 * nothing when all is well. Works under a strict Content-Security-Policy too.
 */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id} (${help}): ${target.join(' ')}: ${failureSummary}`),
  );
}

function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
