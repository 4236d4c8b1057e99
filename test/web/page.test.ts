import { expect, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Models } from '../../src/serve/models.js';
import { openRun } from '../../src/serve/served_model.js';
import { createServer } from '../../src/serve/server.js';
import type { ExplanationAnswer } from '../../src/report/documents/answers.js';
import { accessibilityProblems, browserTest } from '../support/browser.js';
import { withServicePage } from './helpers.js';

// Chromium takes its time where other tests keep the processors busy.
jest.setTimeout(180_000);

/** What the page shows of each word: its text, the class it speaks for and how strongly. */
async function shownWords(page: Page, view: string): Promise<unknown> {
  return page.evaluate(
    `[...document.querySelectorAll('${view} .word')].map((word) => ({
      text: word.textContent,
      speaksFor: word.classList.contains('for') ? 'pos' : 'neg',
      strength: Number(word.style.getPropertyValue('--strength')),
      isColoured: getComputedStyle(word).backgroundColor !== 'rgba(0, 0, 0, 0)',
    }))`,
  );
}

function expectedWords({ words }: ExplanationAnswer, text: string, strongest: number): unknown {
  return words
    .flatMap(({ spans, effects: { pos = NaN } }) =>
      spans.map(([start, end]) => ({ start, text: text.slice(start, end), pos })),
    )
    .sort((one, other) => one.start - other.start)
    .map(({ text: word, pos }) => ({
      text: word,
      speaksFor: pos < 0 ? 'neg' : 'pos',
      strength: expect.closeTo(Math.abs(pos) / strongest, 9),
      isColoured: true,
    }));
}

const strongestOf = (answers: ExplanationAnswer[]): number =>
  Math.max(0.25, ...answers.flatMap(({ words }) => words.map(({ effects: { pos = 0 } }) => Math.abs(pos))));

browserTest('when one types then label, bars and coloured words are those of the service', async () => {
  await withServicePage(async (page, { post }) => {
    const text = 'Not good, not a <b>film</b>!';
    await page.getByLabel('A review').pressSequentially(text);
    await page.locator('.word', { hasText: 'film' }).waitFor();
    const answer = (await post('/explain', { text })) as ExplanationAnswer;
    const { label, probability } = answer.prediction;
    expect(await page.locator('.verdict').textContent()).toBe(`${label} ${(probability * 100).toFixed(1)} %`);
    expect(await page.locator('.text').textContent()).toBe(text);
    expect(await shownWords(page, '.view')).toEqual(expectedWords(answer, text, strongestOf([answer])));
    expect(await page.locator('#legend').innerText()).toMatch(/^speaks for pos\s+speaks for neg$/);

    await page.getByLabel('A review').fill('');
    await page.locator('#result').waitFor({ state: 'hidden' });
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script> bad';
    await page.getByLabel('A review').fill(hostile);
    await page.locator('.word', { hasText: 'bad' }).waitFor();
    expect(await page.locator('.text').textContent()).toBe(hostile);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toBe('run · imdb-torch');

    await page.getByLabel('A review').fill('good '.repeat(2001));
    await page.getByText('Words are coloured in texts of up to 10,000 characters.').waitFor();
    expect(await page.locator('.verdict').count()).toBe(1);
    await page.getByLabel('A review').fill('x'.repeat(100_001));
    await page.locator('#status.trouble', { hasText: 'must NOT have more than 100000 characters' }).waitFor();
  });
});

browserTest('when thresholds decide against the most probable class then the page says so', async () => {
  await withServicePage(
    async (page, { post }) => {
      await page.getByLabel('A review').fill('good');
      await page.locator('.word', { hasText: 'good' }).waitFor();
      const { prediction } = (await post('/explain', { text: 'good' })) as ExplanationAnswer;
      const { neg = NaN, pos = NaN } = prediction.probabilities;
      expect([prediction.label, neg > pos]).toEqual(['pos', true]);
      const share = (neg * 100).toFixed(1);
      const sentence = `neg is more probable (${share} %), but pos was decided by thresholds fitted for macro-F1.`;
      expect(await page.locator('.difference').innerText()).toBe(sentence);
    },
    {},
    { decision: { offsets: [0, 1] } },
  );
});

browserTest('when the switch is on then the review is shown with each adapter, and the differences', async () => {
  await withServicePage(async (page, { post }) => {
    const text = 'Not a good film, not bad: good, bad, good.';
    await page.getByLabel('A review').fill(text);
    await page.getByRole('switch', { name: 'Compare adapter off, on and merged' }).check();
    await page.locator('.view').nth(2).waitFor();
    const adapters = ['off', 'on', 'merged'] as const;
    const answers = (await Promise.all(
      adapters.map((adapter) => post('/explain', { text, adapter })),
    )) as ExplanationAnswer[];
    const share = (index: number): number => answers[index]?.prediction.probabilities.pos ?? NaN;
    for (const [index, answer] of answers.entries()) {
      const adapter = adapters[index] ?? '';
      const view = `.view[data-adapter=${adapter}]`;
      expect(await page.locator(`${view} h2`).innerText()).toBe(`Adapter ${adapter}`);
      expect(await shownWords(page, view)).toEqual(expectedWords(answer, text, strongestOf(answers)));
      if (index === 0) continue;
      const points = ((share(index) - share(0)) * 100).toFixed(1).replace('-', '\u2212');
      expect(await page.locator(`${view} .difference`).innerText()).toContain(`${points} points for pos`);
    }
    await page.getByText('All words by their effect').click();
    const differences = (answers[1]?.words ?? []).map(({ word, effects: { pos = NaN } }, k) => ({
      word,
      difference: pos - (answers[0]?.words[k]?.effects.pos ?? NaN),
    }));
    differences.sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference));
    const { word, difference } = differences[0] ?? { word: '', difference: NaN };
    const cells = await page.locator('tbody tr').first().locator('td').allInnerTexts();
    expect(cells[0]).toBe(word);
    expect(cells.at(-1)?.replace('\u2212', '-').replace('+', '')).toBe(difference.toFixed(2));
    expect(await page.locator('tbody tr').count()).toBe(differences.length);
  });
});

browserTest(
  'when an adapter has classes of its own then it is shown with them, and no difference is told',
  async () => {
    await withServicePage(
      async (page, { post }) => {
        const text = 'Not a good film.';
        await page.getByLabel('A review').fill(text);
        await page.getByRole('switch').check();
        await page.locator('.view').nth(2).waitFor();
        const { prediction } = (await post('/explain', { text, adapter: 'on' })) as ExplanationAnswer;
        const view = page.locator('.view[data-adapter=on]');
        expect(await view.locator('.bars > span').allInnerTexts()).toEqual(
          ['mild', 'strong'].flatMap((name) => [
            name,
            `${((prediction.probabilities[name] ?? NaN) * 100).toFixed(1)} %`,
          ]),
        );
        expect(await view.locator('.difference').innerText()).toMatch(/have different classes/);
        expect(await page.locator('#legend').innerText()).toMatch(
          /^speaks for pos or strong\s+speaks for neg or mild$/,
        );
        await page.locator('.text').first().focus();
        expect(await page.locator('#word').innerText()).toMatch(
          /^“not”: [+−±][\d.]+ for pos, [+−±][\d.]+ for strong, [+−±][\d.]+ for pos$/,
        );
        await page.getByText('All words by their effect').click();
        expect(await page.locator('thead th').allInnerTexts()).toEqual([
          ...['word', 'times', 'effect on pos', 'effect on strong', 'effect on pos'],
        ]);
        expect(await page.locator('main').innerText()).not.toContain('NaN');
      },
      {},
      { adapterClasses: ['mild', 'strong'] },
    );
  },
);

browserTest('when there is no mouse then everything can be reached with the keyboard', async () => {
  await withServicePage(async (page) => {
    await page.getByRole('button', { name: 'Delighted' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('bad good film');
    await page.locator('.word', { hasText: 'film' }).waitFor();
    for (let stop = 0; stop < 6; stop += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.locator('.view').nth(2).waitFor();
    await page.keyboard.press('Tab');
    const line = page.locator('#word');
    const words: string[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'Home', 'End', 'ArrowLeft']) {
      words.push(/\u201c(.*)\u201d/.exec(await line.innerText())?.[1] ?? '');
      await page.keyboard.press(key);
    }
    expect(words).toEqual(['bad', 'good', 'film', 'film', 'bad', 'film']);
    expect(await line.innerText()).toMatch(/^“good” for pos: Adapter off [+−]\d.*; difference [+−±]\d/);
    expect(await page.locator('.current').allInnerTexts()).toEqual(['good', 'good', 'good']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('table').isVisible()).toBe(true);
  });
});

browserTest('when the service is slow, or goes away, then the page says so and recovers', async () => {
  await withServicePage(async (page, { app, run, port }) => {
    const input = page.getByLabel('A review');
    let slow = 1;
    await page.route('**/explain', async (route) => {
      // The first answer comes last.
      if (slow-- > 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue().catch(() => undefined);
    });
    await input.fill('bad');
    await page.getByText('Asking …').waitFor();
    await input.fill('good');
    await page.locator('.word', { hasText: 'good' }).waitFor();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await page.locator('.text').textContent()).toBe('good');
    expect(await page.locator('#status').innerText()).toBe('');

    await app.close();
    await input.fill('not good');
    await page.getByText('The service does not answer. Trying again …').waitFor();
    using models = new Models(['run']);
    models.put('run', await openRun(run.path));
    const again = await createServer({ models });
    try {
      await again.listen({ host: '127.0.0.1', port });
      await page.locator('.word', { hasText: 'not' }).waitFor();
      expect(await page.locator('#status').innerText()).toBe('');
    } finally {
      await page.close();
      await again.close();
    }
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`when it is ${colorScheme} then axe-core finds nothing, and nothing is wider than a phone`, async () => {
    await withServicePage(
      async (page) => {
        await page.getByRole('button', { name: 'Bored' }).click();
        await page.locator('.word').first().waitFor();
        expect(await accessibilityProblems(page)).toEqual([]);
        await page.getByRole('switch').check();
        await page.locator('.view').nth(2).waitFor();
        await page.getByText('All words by their effect').click();
        await page.locator('.text').first().focus();
        expect(await accessibilityProblems(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      },
      { colorScheme, viewport: { width: 360, height: 740 } },
    );
  });
}
