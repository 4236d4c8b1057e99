import { expect, test } from '@jest/globals';
import {
  decodeLoosely,
  describeDecoding,
  encodingNamed,
  encodingOf,
  TextDecoding,
  TextFileDecoding,
} from '../../src/system/text_encoding.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Decodes in pieces of every small size, which must make no difference. */
function decode(bytes: Buffer, encoding: string): { text: Buffer; notes: string[] } {
  const results = [1, 2, 3, 7, bytes.length].map((size) => {
    const decoding = new TextDecoding(encoding);
    const pieces: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += size)
      pieces.push(decoding.push(bytes.subarray(start, start + size)));
    return { text: Buffer.concat([...pieces, decoding.end()]), notes: describeDecoding(decoding, 'x.csv') };
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0] ?? { text: Buffer.alloc(0), notes: [] };
}

test.each([
  ['auto', 'auto'],
  ['UTF8', 'utf-8'],
  ['utf_8', 'utf-8'],
  ['latin1', 'windows-1252'],
  ['latin-1', 'windows-1252'],
  ['ISO-8859-15', 'iso-8859-15'],
  ['sjis', 'shift_jis'],
  ['utf-16', 'utf-16le'],
  ['klingon', null],
  ['utf-32', null],
  ['', null],
])('when the encoding %s is asked for then its standard name is %s', (label, name) => {
  expect(encodingNamed(label)).toBe(name);
});

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const text = 'un café, 5 €\r\n好电影 \u{1f600}\nend';

test.each<[string, Buffer, string]>([
  ['UTF-8', Buffer.from(text), 'auto'],
  ['UTF-8', Buffer.from(text), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'auto'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'windows-1252'],
  ['UTF-16LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'auto'],
  ['UTF-16BE with a mark', swapped(`\ufeff${text}`), 'auto'],
  ['UTF-16LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-8'],
  ['UTF-16LE', Buffer.from(text, 'utf16le'), 'utf-16le'],
  ['UTF-16BE', swapped(text), 'utf-16be'],
])('when a text is %s and the encoding %3$s then its characters are the same', (_, bytes, named) => {
  expect(decode(bytes, encodingOf(bytes, named)).text.toString()).toBe(text);
});

test('when all bytes are read as Windows-1252 then they are the characters of the Encoding Standard', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const high = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
  const expected = bytes.toString('latin1', 0, 128) + high + bytes.toString('latin1', 160);
  expect(decode(bytes, 'windows-1252')).toEqual({ text: Buffer.from(expected), notes: [] });
});

test('when lines are not UTF-8 then those alone are Windows-1252, and counted', () => {
  const bytes = Buffer.concat([Buffer.from('café\n'), latin1('caf\xe9 \x93\n'), Buffer.from('好\n'), latin1('\xfc')]);
  expect(decode(bytes, 'auto')).toEqual({
    text: Buffer.from('café\ncafé “\n好\nü'),
    notes: ['2 lines of x.csv are not UTF-8: read as Windows-1252 (first: line 2).'],
  });
  expect(decode(bytes, 'utf-8')).toEqual({ text: bytes, notes: [] });
});

test('when carriage returns end the lines then those that are not UTF-8 are found too', () => {
  const bytes = Buffer.concat([Buffer.from('café\rfilm\r'), latin1('caf\xe9\r'), Buffer.from('é')]);
  expect(decode(bytes, 'auto')).toEqual({
    text: Buffer.from('café\rfilm\rcafé\ré'),
    notes: ['1 line of x.csv is not UTF-8: read as Windows-1252 (first: line 3).'],
  });
});

test('when a line of UTF-8 is cut in a character then the others of it stay', () => {
  const bytes = Buffer.concat([Buffer.from('ok\n'), Buffer.from('отличный фильм').subarray(0, -1), latin1('\nok')]);
  expect(decode(bytes, 'auto')).toEqual({
    text: Buffer.from('ok\nотличный филь\ufffd\nok'),
    notes: ['1 line of x.csv has bytes that are not UTF-8: read as U+FFFD (first: line 2).'],
  });
});

test('when bytes mean nothing in the named encoding then their lines are counted', () => {
  const bytes = Buffer.concat([latin1('a\n\x83\x65\x83\x58\x83\x67\n\xff\xffb\n\xff'), Buffer.alloc(0)]);
  expect(decode(bytes, 'shift_jis')).toEqual({
    text: Buffer.from('a\nテスト\n\ufffd\ufffdb\n\ufffd'),
    notes: ['2 lines of x.csv have bytes that are not SHIFT_JIS: read as U+FFFD (first: line 3).'],
  });
  const cut = Buffer.from('a\n\ud83d\nb', 'utf16le');
  expect(decode(cut.subarray(0, -1), 'utf-16le')).toEqual({
    text: Buffer.from('a\n\ufffd\n\ufffd'),
    notes: [
      'x.csv was read as UTF-16LE.',
      '2 lines of x.csv have bytes that are not UTF-16LE: read as U+FFFD (first: line 2).',
    ],
  });
});

test('when a line never ends then it is handed on in parts', () => {
  const decoding = new TextDecoding('auto');
  const piece = Buffer.alloc(1 << 20, 'x');
  const lengths = Array.from({ length: 9 }, () => decoding.push(piece).length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(5 << 20);
  expect(lengths.reduce((sum, length) => sum + length, 0) + decoding.end().length).toBe(9 << 20);
});

test('when a line of UTF-8 never ends then no character of it is cut', () => {
  for (const text of ['é', '好', '\u{1f600}']) {
    const bytes = Buffer.from(`x${text.repeat(1.3e6)}${text.length === 2 ? '' : text.repeat(1.3e6)}`);
    const decoding = new TextDecoding('auto');
    const pieces: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += 1 << 18) {
      pieces.push(decoding.push(bytes.subarray(start, start + (1 << 18))));
    }
    expect(Buffer.concat([...pieces, decoding.end()]).equals(bytes)).toBe(true);
    expect(describeDecoding(decoding, 'x')).toEqual([]);
  }
});

test('when files are decoded each by itself then the unusual ones are counted', () => {
  const decoding = new TextFileDecoding('auto');
  expect(decoding.decode(Buffer.from('café'), 'a').toString()).toBe('café');
  expect(decoding.decode(latin1('caf\xe9\nna\xefve'), 'b').toString()).toBe('café\nnaïve');
  expect(decoding.decode(Buffer.from('\ufeffcafé', 'utf16le'), 'c').toString()).toBe('café');
  expect(decoding.decode(Buffer.from('\ufeffcafé'), 'd').toString()).toBe('café');
  expect(decoding.decode(latin1('\xfc'), 'e').toString()).toBe('ü');
  expect(decoding.notes('mails')).toEqual(['2 files of mails are not UTF-8: read as Windows-1252 (first: b).']);
});

test('when a text has as many broken as whole characters then it is Windows-1252, as in browsers', () => {
  expect(decodeLoosely(Buffer.concat([Buffer.from('é'), latin1('\xe9')]))).toEqual({
    text: Buffer.from('Ã©é'),
    as: 'windows-1252',
  });
});
