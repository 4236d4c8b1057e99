import { adapterTitles, differenceOf, effectsOf, type ComparedAnswers } from './compared_answers.js';
import { formatSigned } from './numbers.js';

/** Shows the numbers of the word under the pointer, or of the one that the arrow keys have gone to. */
export class WordCursor {
  readonly #views: HTMLElement;
  readonly #line: HTMLElement;
  #comparison: ComparedAnswers | null = null;
  /** The index among all occurrences of words in the text. */
  #place = -1;

  /** @param views what `drawView` has drawn @param line where the numbers go */
  constructor(views: HTMLElement, line: HTMLElement) {
    this.#views = views;
    this.#line = line;
    views.addEventListener('pointerover', ({ target }) => {
      const text = target instanceof Element ? target.closest('.text') : null;
      const place = this.#occurrences(text).findIndex((word) => word === target);
      if (place !== -1) this.#go(place);
    });
    views.addEventListener('keydown', (event) => {
      this.#press(event);
    });
    views.addEventListener('focusin', () => {
      if (this.#place === -1) this.#go(0);
    });
  }

  /** Starts over with other answers. */
  reset(comparison: ComparedAnswers | null): void {
    this.#comparison = comparison;
    this.#place = -1;
    this.#line.textContent = '';
  }

  #press(event: KeyboardEvent): void {
    const last = this.#occurrences(this.#views.querySelector('.text')).length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowRight: this.#place + 1,
      ArrowDown: this.#place + 1,
      ArrowLeft: this.#place - 1,
      ArrowUp: this.#place - 1,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#go(Math.min(Math.max(place, 0), last));
  }

  #go(place: number): void {
    this.#place = place;
    for (const text of this.#views.querySelectorAll('.text')) {
      this.#occurrences(text).forEach((word, index) => word.classList.toggle('current', index === place));
    }
    const [current] = this.#views.getElementsByClassName('current');
    if (current instanceof HTMLElement) this.#line.textContent = this.#describe(Number(current.dataset.word));
  }

  #describe(index: number): string {
    const comparison = this.#comparison;
    const word = comparison?.answers[0]?.words[index];
    if (comparison === null || word === undefined) return '';
    const { answers, isOfOneTask } = comparison;
    const effects = effectsOf(comparison, index);
    const difference = differenceOf(effects);
    const targets = answers.map(({ target }) => target);
    const times = word.spans.length > 1 ? ` (${word.spans.length} times)` : '';
    const name = `\u201c${word.word}\u201d${times}`;
    const [only = NaN] = effects;
    const [target = ''] = targets;
    if (difference === null) return `${name}: ${formatSigned(only)} for ${target}`;
    if (!isOfOneTask) {
      const parts = effects.map((effect, k) => `${formatSigned(effect)} for ${targets[k] ?? ''}`);
      return `${name}: ${parts.join(', ')}`;
    }
    const parts = effects.map((effect, k) => {
      const title = adapterTitles[answers[k]?.adapter ?? 'off'];
      return `${k === 0 ? title : title.toLowerCase()} ${formatSigned(effect)}`;
    });
    return `${name} for ${target}: ${parts.join(', ')}; difference ${formatSigned(difference)}`;
  }

  #occurrences(text: Element | null): Element[] {
    return [...(text?.querySelectorAll('.word') ?? [])];
  }
}
