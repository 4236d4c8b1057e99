import { differenceOf, effectsOf, type ComparedAnswers } from './compared_answers.js';
import { element } from './dom.js';
import { formatCount, formatSigned } from './numbers.js';

const shownWords = 200;

/** Draws a table of the words: the strongest first, or those that the adapter changes most. */
export function drawWordsTable(comparison: ComparedAnswers): HTMLElement {
  const { answers, isOfOneTask } = comparison;
  const [first, second] = answers;
  const rows = (first?.words ?? [])
    .map(({ word, spans }, index) => {
      const effects = effectsOf(comparison, index);
      return { word, times: spans.length, effects, difference: isOfOneTask ? differenceOf(effects) : null };
    })
    .sort((one, other) => weight(other) - weight(one));
  const titles = [
    'word',
    'times',
    ...answers.map(({ adapter, target }) => (second && isOfOneTask ? adapter : `effect on ${target}`)),
    ...(first && second && isOfOneTask ? [`${second.adapter} \u2212 ${first.adapter}`] : []),
  ];
  const lines = rows.slice(0, shownWords).map(({ word, times, effects, difference }) => {
    const numbers = difference === null ? effects : [...effects, difference];
    return [word, String(times), ...numbers.map((value) => formatSigned(value))];
  });
  const head = titles.map((text) => element('th', { text, attributes: { scope: 'col' } }));
  const body = lines.map((cells) => element('tr', {}, ...cells.map((text) => element('td', { text }))));
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  const left = rows.length - lines.length;
  if (left > 0) table.append(element('caption', { text: `... and ${formatCount(left)} more words.` }));
  return table;
}

function weight({ effects, difference }: { effects: readonly number[]; difference: number | null }): number {
  return Math.abs(difference ?? effects[0] ?? 0);
}
