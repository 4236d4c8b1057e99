import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { drawExportedPage } from '../../src/export/page/draw_page.js';

const sentence = /A word's effect is exact:[^]*?act together\./;

function sentenceOf(page: string): string | undefined {
  return sentence.exec(page)?.[0].replace(/\s+/g, ' ');
}

test('when the page of an export is drawn then the elements that both pages have are those of the page of a service', () => {
  const drawn = drawExportedPage({ name: 'demo', about: '', facts: { hasExamples: true }, model: null });
  const service = readFileSync(new URL('../../src/web/index.html', import.meta.url), 'utf8');
  const lineOf = (page: string, id: string): string | undefined => new RegExp(`<\\w+ id="${id}"[^>]*>`).exec(page)?.[0];
  for (const id of ['text', 'examples', 'status', 'result']) {
    expect(lineOf(service, id)).toBeDefined();
    expect(lineOf(drawn, id)).toBe(lineOf(service, id));
  }
  expect(sentenceOf(drawn)).toBeDefined();
  expect(sentenceOf(drawn)).toBe(sentenceOf(service));
});
