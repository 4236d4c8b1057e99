import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { mostUtf8Bytes, textOf, utf8Of, writeUtf8 } from '../../../src/text/tokens/utf8.js';

/** Strings of every length of UTF-8, and of surrogates without their halves. */
function strangeTexts(count: number): string[] {
  const random = new PythonRandom(3);
  const pieces = [
    '',
    'a',
    '\u0000',
    '\u007f',
    '\u0080',
    'é',
    '\u07ff',
    '\u0800',
    '語',
    '\uffff',
    '\ufffd',
    '😀',
    '\u{10ffff}',
  ];
  const all = [...pieces, '\ud83d', '\ude00', '\udfff', '\ud800'];
  const piece = (): string => all[random.below(all.length)] ?? '';
  return Array.from({ length: count }, () => Array.from({ length: 6 }, piece).join(''));
}

test('when a text is written as UTF-8 then it is what the engine writes', () => {
  for (const text of strangeTexts(2000)) {
    const bytes = new Uint8Array(mostUtf8Bytes * text.length + 2);
    const end = writeUtf8(text, bytes, 1);

    expect(Buffer.from(bytes.subarray(1, end))).toEqual(Buffer.from(text));
    expect(Buffer.from(utf8Of(text))).toEqual(Buffer.from(text));
    expect(bytes[end]).toBe(0);
  }
});

test('when a text is larger than what memory is kept for then its UTF-8 is whole', () => {
  for (const text of ['é'.repeat(10_000), 'aé語😀'.repeat(100_000)]) {
    expect(Buffer.from(utf8Of(text)).equals(Buffer.from(text))).toBe(true);
  }
});

test('when bytes are not UTF-8 then they alone are dropped, and a replacement character that is there stays', () => {
  const bytes = Buffer.concat([Buffer.from('a\ufffdé'), Buffer.from([0xff, 0xef, 0xbf]), Buffer.from('\ufffd語')]);

  expect(textOf(bytes)).toBe('a\ufffdé\ufffd語');
  expect(textOf(Buffer.from('naïve'))).toBe('naïve');
  expect(textOf(Buffer.from([0xc3]))).toBe('');
});
