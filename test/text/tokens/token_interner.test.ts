import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { tokenize } from '../../../src/text/tokens/tokenizer.js';
import { TokenInterner } from '../../../src/text/tokens/token_interner.js';

/** Words of 0 to 19 letters that often have a beginning or an end in common, and control characters in front. */
function similarWords(count: number): string[] {
  const random = new PythonRandom(5);
  const piece = (): string => ['', 'a', 'abcdefg', 'abcdefgh', '\u0000', '\u0001', 'é'][random.below(7)] ?? '';
  return Array.from({ length: count }, () => `${piece()}${piece()}${piece()}`);
}

test('when words have beginnings and ends in common then each has its own number and is kept as it is', () => {
  const words = [...similarWords(500), ...Array.from({ length: 9000 }, (_, index) => `number${index}th`)];
  const distinct = [...new Set(words)];
  const ids = new Map(distinct.map((word, id) => [word, id]));
  const table = new TokenInterner();

  expect(words.map((word) => table.internString(word))).toEqual(words.map((word) => ids.get(word)));
  expect(distinct.map((_, id) => table.token(id))).toEqual(distinct);
  expect(table.size).toBe(distinct.length);
});

test('when many words end like a short one behind a control character then it has a number of its own', () => {
  // Their keys differ in the mark of long words alone, and some are in its way.
  const count = 2000;
  for (let ending = 1_000_000; ending < 1_000_020; ending += 1) {
    const table = new TokenInterner();
    for (let index = 0; index < count; index += 1) table.internString(`${index}\u0001${ending}`);

    expect(table.internString(`${ending}`)).toBe(count);
  }
});

test('when a table is frozen then it finds all that it holds and nothing else', () => {
  const [known, unknown] = [similarWords(200), similarWords(400).slice(200)];
  const table = new TokenInterner();
  for (const word of known) table.internString(word);
  table.frozen = true;
  const held = new Set(known);

  for (const word of [...known, ...unknown]) expect(table.internString(word) >= 0).toBe(held.has(word));
  expect(table.size).toBe(held.size);
});

test('when punctuation inside long words is dropped then the byte tokenizer finds the words of the reference', () => {
  const texts = ["un-for-get-table's --internationally-- a", "'tis ", '', 'abcdefgh abcdefg xabcdefgh ABCDEFG-H'];
  const lists = new TokenLists('notebook');
  const rows = texts.map((text) => lists.add(Buffer.from(text)));

  const found = rows.map((row) => Array.from(lists.list(row), (number) => lists.interner.token(number)));
  expect(found).toEqual(texts.map(tokenize));
});
