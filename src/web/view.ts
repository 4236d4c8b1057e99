import {
  adapterTitles,
  likelierClass,
  strongestEffect,
  type ComparedAnswer,
  type ComparedAnswers,
} from './compared_answers.js';
import { element } from './dom.js';
import { formatShare, formatSigned } from './numbers.js';
import { cutAtWords } from './text_pieces.js';

/** The most classes that are shown. */
const shownClasses = 6;

/** Draws an answer: the label, its probability, the bars of the classes, and the text with its words coloured. */
export function drawView(comparison: ComparedAnswers, answer: ComparedAnswer): HTMLElement {
  const { answers } = comparison;
  const isAlone = answers.length === 1;
  const { label, probability } = answer.prediction;
  return element(
    'article',
    { class: 'view', attributes: { 'data-adapter': answer.adapter } },
    ...(isAlone ? [] : [element('h2', { text: adapterTitles[answer.adapter] })]),
    element(
      'p',
      { class: 'verdict' },
      element('strong', { text: label }),
      ' ',
      element('span', { text: formatShare(probability) }),
    ),
    ...drawDecision(answer),
    drawBars(answer),
    ...(isAlone ? [] : [drawDifference(comparison, answer)]),
    drawText(comparison, answer),
  );
}

/** Says why the predicted class is not the most probable one, where it is not. */
function drawDecision({ prediction }: ComparedAnswer): HTMLElement[] {
  const likelier = likelierClass(prediction);
  if (likelier === null) return [];
  const share = formatShare(prediction.probabilities[likelier] ?? NaN);
  const text = `${likelier} is more probable (${share}), but ${prediction.label} was decided by thresholds fitted for macro-F1.`;
  return [element('p', { class: 'difference', text })];
}

function drawBars({ classes, target, prediction }: ComparedAnswer): HTMLElement {
  const share = (name: string): number => prediction.probabilities[name] ?? NaN;
  const isFew = classes.length <= shownClasses;
  const shown = isFew ? classes : classes.toSorted((one, other) => share(other) - share(one)).slice(0, shownClasses);
  const side = (name: string): string => (name === target ? 'for' : classes.length === 2 ? 'against' : '');
  return element(
    'div',
    { class: 'bars' },
    ...shown.flatMap((name) => [
      element('span', { text: name }),
      element('div', {
        class: `bar ${side(name)}`.trim(),
        attributes: { 'aria-hidden': 'true' },
        properties: { '--share': share(name) },
      }),
      element('span', { text: formatShare(share(name)) }),
    ]),
  );
}

/** Says how far this answer is from the first one. */
function drawDifference({ answers, isOfOneTask }: ComparedAnswers, answer: ComparedAnswer): HTMLElement {
  const [first = answer] = answers;
  const { target } = answer;
  const share = ({ prediction }: ComparedAnswer): number => prediction.probabilities[target] ?? NaN;
  const points = formatSigned((share(answer) - share(first)) * 100, 1);
  const text = !isOfOneTask
    ? 'The adapters have different classes, so there is no difference to tell.'
    : answer === first
      ? 'What the others are compared with.'
      : `${points} points for ${target} against ${adapterTitles[first.adapter].toLowerCase()}.`;
  return element('p', { class: 'difference', text });
}

function drawText(comparison: ComparedAnswers, { adapter, words, target }: ComparedAnswer): HTMLElement {
  const { text, answers } = comparison;
  const strongest = strongestEffect(comparison);
  const pieces = cutAtWords(text, words).map(({ text: piece, word }) => {
    if (word === null) return piece;
    const effect = words[word]?.effects[target] ?? 0;
    return element('span', {
      class: `word ${effect < 0 ? 'against' : 'for'}`,
      text: piece,
      attributes: { 'data-word': String(word) },
      properties: { '--strength': Math.abs(effect) / strongest },
    });
  });
  // One stop for the Tab key is enough: the words of all views move together.
  const isFirst = adapter === answers[0]?.adapter;
  const attributes = {
    role: 'group',
    'aria-label': 'The review; the arrow keys go from word to word',
    ...(isFirst ? { tabindex: '0' } : {}),
  };
  return element('p', { class: 'text', attributes }, ...pieces);
}
