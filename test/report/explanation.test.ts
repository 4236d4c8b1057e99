import { expect, test } from '@jest/globals';
import type { Explanation } from '../../src/portable/explanation.js';
import { describeExplanation, describeTopWords } from '../../src/report/console/explanation.js';

const escape = String.fromCharCode(27);
const text = `Not a ${escape}[31m good\tfilm`;
const at = (word: string, token: string): { start: number; end: number; token: string } => {
  const start = text.indexOf(word);
  return { start, end: start + word.length, token };
};
const explanation: Explanation = {
  prediction: { label: 'neg', probability: 0.75, probabilities: { neg: 0.75, pos: 0.25 } },
  logOdds: [1.1, -1.1],
  words: [
    { word: 'not', spans: [at('Not', 'not')], effects: [0.6, -0.6] },
    { word: 'a', spans: [at('a', 'a')], effects: [0.01, -0.01] },
    { word: 'good', spans: [at('good', 'good')], effects: [-0.2, 0.2] },
    { word: 'film', spans: [at('film', 'film')], effects: [0.1, -0.1] },
  ],
};
const plain = { classes: ['neg', 'pos'], target: 0, style: { unicode: false, colour: false }, width: 80 };

test('when there is no colour then words have their effects behind them, and no control character is left', () => {
  const lines = describeExplanation(explanation, text, plain);

  expect(lines.slice(0, 3)).toEqual([
    'Predicted: neg (75.00 %).',
    'Log-odds of neg: +1.10; what each word adds to them:',
    '  Not[+0.60] a [31m good[-0.20] film[+0.10]',
  ]);
  const rows = lines[3]?.split('\n').filter((line) => line.startsWith('| '));
  expect(rows?.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
    ['', 'word', 'times', 'effect on neg', ''],
    ['', 'not', '1', '+0.60', ''],
    ['', 'good', '1', '-0.20', ''],
    ['', 'film', '1', '+0.10', ''],
    ['', 'a', '1', '+0.01', ''],
  ]);
  expect(lines.join('')).not.toContain(escape);
});

test('when the predicted class is not the most probable one then it says why', () => {
  const decided = {
    ...explanation,
    prediction: { label: 'pos', probability: 0.25, probabilities: { neg: 0.75, pos: 0.25 } },
  };
  expect(describeExplanation(decided, text, plain).slice(0, 2)).toEqual([
    'Predicted: pos (25.00 %).',
    'neg is more probable (75.00 %), but pos was decided by thresholds fitted for macro-F1; --decision argmax takes the most probable class.',
  ]);
});

test('when there is colour then words for the class are green, against it red, strong ones bold', () => {
  const style = { unicode: true, colour: true };
  const [, , marked = ''] = describeExplanation(explanation, text, { ...plain, style });

  expect(marked).toContain(`${escape}[32m${escape}[1mNot`);
  expect(marked).toContain(`${escape}[31mgood${escape}[39m`);
  expect(marked).toContain(' a [31m ');
});

function wordsOf(line: string): { start: number; end: number; token: string }[] {
  return Array.from(line.matchAll(/\w+/g), ({ 0: token, index }) => ({
    start: index,
    end: index + token.length,
    token,
  }));
}

test('when lines are long then they are wrapped to the width, marks and colours not counted as text', () => {
  const many = { ...explanation, words: [] };
  const long = Array.from({ length: 60 }, (_, k) => `word${k}`).join(' ');
  const lines = describeExplanation(many, long, { ...plain, width: 40 }).slice(2, -1);

  expect(lines.length).toBeGreaterThan(8);
  expect(lines.filter((line) => line.length > 40)).toEqual([]);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(long);

  const words = [{ word: 'word', spans: wordsOf(long), effects: [1, -1] }];
  const style = { unicode: true, colour: true };
  const coloured = describeExplanation({ ...explanation, words }, long, { ...plain, width: 40, style });
  // eslint-disable-next-line no-control-regex -- colours are what is left out
  expect(coloured.slice(2, -1).map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(lines);
});

test('when a text is long then its first hundred lines are shown', () => {
  const long = 'word '.repeat(100_000);
  const lines = describeExplanation({ ...explanation, words: [] }, long, { ...plain, width: 42 }).slice(2, -1);
  // Eight words in each.
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe('  ... and 12400 more lines; --json has all words.');
});

test('when words are written in wide characters then lines take no more columns than there are', () => {
  const wide = Array.from({ length: 30 }, () => '映画').join(' ');
  const lines = describeExplanation({ ...explanation, words: [] }, wide, { ...plain, width: 42 }).slice(2, -1);
  // Four columns each, and one between them.
  expect(lines.slice(0, 3)).toEqual(new Array(3).fill(`  ${new Array(8).fill('映画').join(' ')}`));

  const words = [{ word: '🎬'.repeat(40), spans: [at('film', 'film')], effects: [1, -1] }];
  const table = describeExplanation({ ...explanation, words }, 'film', plain).at(-1) ?? '';
  expect(table).toContain(`| ${'🎬'.repeat(13)}... `);
});

test('when the top words are told then each class has a table of its own', () => {
  const top = [[{ word: 'dull', effect: 1.5 }], [{ word: 'x'.repeat(50), effect: 2 }]];
  const [negative = '', positive = ''] = describeTopWords(top, plain);

  expect(negative).toMatch(/speaks for neg.*\n.*\n\| dull +\| +\+1\.50 \|/);
  expect(positive).toMatch(/speaks for pos.*\n.*\n\| x{27}\.\.\. \| +\+2\.00 \|/);
});
