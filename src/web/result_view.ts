import { sidesOf, type ComparedAnswers } from './compared_answers.js';
import { byId, element } from './dom.js';
import { formatCount } from './numbers.js';
import { drawView } from './view.js';
import { WordCursor } from './word_cursor.js';
import { drawWordsTable } from './words_table.js';

/** The words of longer texts are not coloured: a page of many thousand elements is slow. */
export const colouredCharacters = 10_000;

const allWords = 'All words by their effect';

/** Shows what a model says, in the elements #result and #status of the page. */
export class ResultView {
  readonly #section = byId('result');
  readonly #status = byId('status');
  readonly #legend = element('p', { attributes: { id: 'legend' } });
  readonly #views = element('div', { attributes: { id: 'views' } });
  readonly #table = element('div', {
    attributes: { id: 'table', tabindex: '0', role: 'group', 'aria-label': allWords },
  });
  readonly #cursor: WordCursor;
  /** What there is only where words are coloured. */
  readonly #ofWords: readonly HTMLElement[];

  constructor() {
    const word = element('p', { attributes: { id: 'word', role: 'status' } });
    this.#cursor = new WordCursor(this.#views, word);
    const reading = element('div', { attributes: { id: 'reading' } }, this.#legend, word);
    const words = element(
      'details',
      { attributes: { id: 'words' } },
      element('summary', { text: allWords }),
      this.#table,
    );
    this.#ofWords = [reading, words];
    this.#section.append(reading, this.#views, words);
  }

  /** @param comparison null where there is no text */
  show(comparison: ComparedAnswers | null): void {
    this.#cursor.reset(comparison);
    this.#section.hidden = comparison === null;
    if (comparison === null) return;
    this.#views.replaceChildren(...comparison.answers.map((one) => drawView(comparison, one)));
    for (const part of this.#ofWords) part.hidden = comparison.answers[0]?.words.length === 0;
    const { supporting, opposing } = sidesOf(comparison);
    this.#legend.replaceChildren(
      element('span', { class: 'word for', text: supporting, properties: { '--strength': 1 } }),
      element('span', { class: 'word against', text: opposing, properties: { '--strength': 1 } }),
    );
    this.#table.replaceChildren(drawWordsTable(comparison));
  }

  /** Shows whether an answer is waited for. */
  set isBusy(isBusy: boolean) {
    this.#section.ariaBusy = String(isBusy);
  }

  say(text: string, kind: '' | 'trouble' = ''): void {
    this.#status.className = kind;
    this.#status.textContent = text;
  }
}

/** Says why no word is coloured. @param longest how many characters a text may have whose words are */
export function whyNoWords(isExplained: boolean, longest: number): string {
  if (isExplained) return 'There is no word in it.';
  return `Words are coloured in texts of up to ${formatCount(longest)} characters.`;
}
