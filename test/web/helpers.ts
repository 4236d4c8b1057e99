import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { withService, type ServiceOfRunOptions, type TestedService } from '../serve/helpers.js';
import { withPage } from '../support/browser.js';

/** Runs `use` with the page of a service, and expects that the browser has nothing to complain of. */
export async function withServicePage(
  use: (page: Page, service: TestedService) => Promise<void>,
  options: Parameters<typeof withPage>[0] = {},
  run: ServiceOfRunOptions = {},
): Promise<void> {
  await withService(async (service) => {
    await withPage(options, async (page) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`http://127.0.0.1:${service.port}/`);
      await use(page, service);
      // What the browser itself says of requests that fail is expected where a service goes away.
      expect(complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
    });
  }, run);
}
