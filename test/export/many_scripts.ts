/** Texts of many scripts, made up from a seed: no text of anybody. */
import { randomNumbers } from '../support/random_numbers.js';

/** The first and the last letters of stretches of scripts, and what else people put into texts. */
const letters: readonly (readonly [first: number, last: number])[] = [
  [0x61, 0x7a],
  [0x41, 0x5a],
  [0xc0, 0xff],
  [0x391, 0x3c9],
  [0x410, 0x44f],
  [0x531, 0x556],
  [0x5d0, 0x5ea],
  [0x621, 0x64a],
  [0x905, 0x939],
  [0xe01, 0xe2e],
  [0x10d0, 0x10f0],
  [0x1100, 0x1112],
  [0x3041, 0x3096],
  [0x4e00, 0x4e40],
  [0xac00, 0xac40],
  [0xff21, 0xff3a],
  [0x1f600, 0x1f64f],
];
const marks = ['\u0301', '\u0327', '\u200d', '\ufe0f', '\u00ad', '\u3099', '\u093f', '\u0e31'];
const between = [' ', ' ', ' ', ' ', ', ', '. ', '... ', '! ', ' - ', '\n', '\u3000', "'s ", '<br />', ' & ', '\u2019'];

/** Words, of which the first half speaks for one class and the others for another. */
const known: readonly string[] = [
  'good',
  'ΣΟΦΟΣ',
  'превосходно',
  'İyi',
  '素晴らしい',
  'bad',
  'ΛΑΘΟΣ',
  'ужасно',
  'kötü',
  '最悪',
];

/** Returns texts of all scripts, with and without words that models know. */
export function textsOfManyScripts(count: number, seed = 1): string[] {
  const next = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const word = (): string => {
    if (next() < 0.4) return pick(known);
    const [first, last] = pick(letters);
    const letter = (): string => String.fromCodePoint(first + Math.floor(next() * (last - first + 1)));
    const mark = next() < 0.1 ? pick(marks) : '';
    return Array.from({ length: 1 + Math.floor(next() * 6) }, letter).join('') + mark;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(next() * 25) }, () => word() + pick(between))
      .join('')
      .trim(),
  );
}

/** Returns such texts with the class that most of their known words speak for. */
export function rowsOfManyScripts(count: number): { text: string; label: string }[] {
  return textsOfManyScripts(count, 2).map((text) => {
    const votes = known.map((word, k) => (text.split(word).length - 1) * (k < known.length / 2 ? 1 : -1));
    const sum = votes.reduce((all, vote) => all + vote, 0);
    return { text, label: sum >= 0 ? 'pos' : 'neg' };
  });
}
