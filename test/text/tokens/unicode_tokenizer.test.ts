import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { tokenSpans } from '../../../src/text/tokens/tokenizer.js';
import { slowTokens } from './unicode_reference.js';

function tokensOf(text: string): string[] {
  return tokenSpans(text, 'unicode').map(({ token }) => token);
}

/** What goes into features: the tokens of UTF-8. */
function tokensOfBytes(
  text: string | Uint8Array,
  tokenizer: 'unicode' | 'words-and-punctuation' = 'unicode',
): string[] {
  const lists = new TokenLists(tokenizer, { room: 1 << 10 });
  lists.add(Buffer.from(text));
  return Array.from(lists.list(0), (id) => lists.interner.token(id));
}

/** What stands in the text where each token is. */
function piecesOf(text: string): string[] {
  return tokenSpans(text, 'unicode').map(({ start, end }) => text.slice(start, end));
}

test.each([
  ['French', 'C’était l‘été, aujourdʼhui…', "c'était l'été , aujourd'hui ..."],
  ['German', 'Schöne Grüße, STRAẞE „Ja“', 'schöne grüße , straße " ja "'],
  ['Greek', 'Ο ΟΔΥΣΣΕΥΣ είναι εδώ', 'ο οδυσσευς είναι εδώ'],
  ['Turkish', 'İSTANBUL İstanbul istanbul IŞIK ışık', 'istanbul istanbul istanbul işik işik'],
  ['Vietnamese', 'Phim rất hay và cảm động', 'phim rất hay và cảm động'],
  ['Hindi', 'फ़िल्म अच्छी है, हिन्दी।', 'फ़िल्म अच्छी है , हिन्दी ।'],
  ['Arabic', 'الفيلمُ جيّدٌ جـــداً؟ ﻻ', 'الفيلمُ جيّدٌ جداً ؟ لا'],
  ['Persian', 'می\u200cخواهم میخواهم', 'میخواهم میخواهم'],
  ['Hebrew', 'סֶרֶט טוב! צה״ל ג׳ירפה', 'סֶרֶט טוב ! צה " ל ג\'ירפה'],
  ['Korean', '영화가 정말 좋았어요.', '영화가 정말 좋았어요 .'],
  ['Chinese', '我不喜欢2023年的iPhone手机！', '我 不 喜 欢 2023 年 的 iphone 手 机 !'],
  ['Japanese', '映画ｶﾞとてもスーパー！', '映 画 ガ と て も ス ー パ ー !'],
  ['Thai', 'น้ำดีที่สุด ๑๒', 'น้ำ ดี ที่ สุ ด ๑๒'],
  ['Khmer', 'ភាពយន្ត\u200bល្អ', 'ភា ព យ ន្ ត ល្ អ'],
  ['Burmese', 'ကောင်းတယ်', 'ကော င်း တ ယ်'],
  ['what is not seen', 'go\u00adod \ufeffgo\u200bod \u200egood\u200f good', 'good good good good'],
  ['other forms of letters', 'ﬁlm ＦＩＬＭ１０ Å K', 'film film10 å k'],
  ['emoji', '👩🏽\u200d🚒👍🏽👍❤️❤🇩🇪🇫🇷🇩 1️⃣ 🏳️\u200d🌈!', '👩\u200d🚒 👍 👍 ❤ ❤ 🇩🇪 🇫🇷 🇩 1⃣ 🏳\u200d🌈 !'],
  ['numbers', '3,5 ½ 10/10 ٣ Ⅻ', '3 , 5 ½ 10 / 10 ٣ ⅻ'],
  ['what is broken', '\ud800a\udc00 \u0301 _\u200d❤\u200d', '\ufffd a \ufffd \u0301 ❤'],
  ['marks on marks', '≠ a≠b <br\u0338>', '≠ a ≠ b < br̸ >'],
])('when a text has %s then its tokens are these, composed or not', (_, text, expected) => {
  expect(tokensOf(text)).toEqual(expected.split(' '));
  for (const form of ['NFC', 'NFD'] as const) expect(tokensOfBytes(text.normalize(form))).toEqual(expected.split(' '));
});

test('when what is typed is not what is taken for it then spans are those of the text', () => {
  const text = 'Cafe\u0301 l’e\u0301te\u0301 go\u00adod ﬁlm 👍🏽x \u1112\u1161\u11abx ｶﾞ　น้ำ <br> ．．． İ 一\u11a8';

  expect(piecesOf(text)).toEqual([
    ...['Cafe\u0301', 'l’e\u0301te\u0301', 'go\u00adod', 'ﬁlm', '👍🏽', 'x'],
    ...['\u1112\u1161\u11abx', 'ｶﾞ', 'น้ำ', '．．．', 'İ', '一', '\u11a8'],
  ]);
});

/** Pieces of which texts are made in which anything may meet. */
const pieces = [
  ...Array.from('aeijJIJxÉéΣσςαΑßİıСй1٣๑'),
  ...Array.from('’‘ʼ“„…‐\'"-.,!?<>=/_#&«»—'),
  ...Array.from(' \t\n\u0085\u00a0\u3000\u2028'),
  ...Array.from('\u0301\u0307\u0308\u0323\u0327\u0338\u0345\u0344\u064b\u0651\u20e3\u3099\ufe0f'),
  ...Array.from('\u200d\u200c\u200b\u00ad\ufeff\u2060\u200f\u034f\u0640'),
  ...Array.from('कनिा़्अবো한각\u1112\u1161\u11a8ابلآกีำุ้ເຳកខ្မျ好不かが々ー〆カﾊﾞﾟＡ！ﬁﬃﷲﻻ豈'),
  ...['❤', '👍', '🏽', '👩', '🚒', '♀', '🇩', '🇪', '🏴', '\u{e0067}', '😀', '𝐀', '𐐀', '\ufffd', '\ufdfa'],
  ...['<br>', '<BR />', '<br', '<br\u00a0/>', "don't", '...', '’s '],
];
const textOfPieces = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((some) => some.join(''));
/** Blocks in which nothing came after Unicode 14. */
const blocks = [
  ...[
    [0, 0x2ff],
    [0x300, 0x377],
    [0x384, 0x52f],
    [0x600, 0x6ff],
    [0x900, 0x983],
    [0x985, 0x98c],
    [0xe01, 0xe3a],
  ],
  ...[
    [0xe40, 0xe5b],
    [0x1100, 0x11ff],
    [0x1e00, 0x1f15],
    [0x2010, 0x2064],
    [0x3005, 0x3030],
    [0x3041, 0x3096],
  ],
  ...[
    [0x3099, 0x30ff],
    [0x4e00, 0x4eff],
    [0xac00, 0xacff],
    [0xf900, 0xfa6d],
    [0xfb00, 0xfb06],
    [0xfe70, 0xfe74],
  ],
  ...[
    [0xfe76, 0xfefc],
    [0xff01, 0xffbe],
    [0x10400, 0x1044f],
    [0x1f300, 0x1f5ff],
    [0x20000, 0x200ff],
  ],
] as const;
const character = fc
  .constantFrom(...blocks)
  .chain(([first, last]) => fc.integer({ min: first, max: last }))
  .map((code) => String.fromCodePoint(code));
const anyText = fc.oneof(
  textOfPieces,
  fc.array(fc.oneof(character, fc.constantFrom(...pieces)), { maxLength: 24 }).map((some) => some.join('')),
);

test('when texts are random then the tokens are those of plain regular expressions over normalised text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const expected = slowTokens(text);
      expect(tokensOf(text)).toEqual(expected);
      expect(tokensOfBytes(text)).toEqual(expected);
      expect(tokensOfBytes(text.normalize('NFC'))).toEqual(expected);
      expect(tokensOfBytes(text.normalize('NFD'))).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test('when texts are random then spans are in order and do not overlap', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      let reached = 0;
      for (const { start, end } of tokenSpans(text, 'unicode')) {
        expect(start).toBeGreaterThanOrEqual(reached);
        expect(end).toBeGreaterThan(start);
        reached = end;
      }
      expect(reached).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 1000 },
  );
});

test('when bytes are random then they are read as UTF-8 with U+FFFD for what is none', () => {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x20, 0x61, 0xc3, 0xa9, 0xe2, 0x80, 0x99));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 30 }), (numbers) => {
      const bytes = Uint8Array.from(numbers);
      expect(tokensOfBytes(bytes)).toEqual(tokensOf(bytes.length > 0 ? Buffer.from(bytes).toString() : ''));
    }),
    { numRuns: 1000 },
  );
});

test('when a text is ASCII then the tokens are those of words-and-punctuation', () => {
  const ascii = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 40 }),
    fc
      .array(fc.constantFrom('<br', ' /', '>', "'", 'a', 'B', '.', '_', '\x1c', ' ', '1'), { maxLength: 20 })
      .map((some) => some.join('')),
  );
  fc.assert(
    fc.property(ascii, (text) => {
      const expected = tokenSpans(text, 'words-and-punctuation');
      expect(tokenSpans(text, 'unicode')).toEqual(expected);
      expect(tokensOfBytes(text)).toEqual(tokensOfBytes(text, 'words-and-punctuation'));
    }),
    { numRuns: 1000 },
  );
});

test('when texts come from the fixture then bytes and strings give the same', () => {
  const { texts } = JSON.parse(readFileSync('test/fixtures/unicode_tokenizer.json', 'utf8')) as {
    texts: [string, string[]][];
  };

  for (const [text, tokens] of texts) expect(tokensOfBytes(text)).toEqual(tokens);
});

test.each([
  ['marks', 'e' + '\u0301\u200d'.repeat(50_000)],
  ['jamo', '一' + '\u11a8'.repeat(50_000)],
  ['dots', 'a' + 'ﾞ\u200d'.repeat(50_000)],
  ['joiners', '❤' + '\u200d🏽'.repeat(50_000) + '❤'],
  ['invisible characters', '\u200d\u200b'.repeat(50_000) + '❤'],
])('when a text has nothing but %s then its time grows with its length only', (_, text) => {
  const started = performance.now();
  tokensOfBytes(text);

  expect(performance.now() - started).toBeLessThan(2000);
});
