/** The tokenizer `unicode`, slow and plain: regular expressions over a normalised string. */

const scripts =
  'Han Hiragana Katakana Bopomofo Thai Lao Khmer Myanmar Yi Tangut Nushu Tai_Le Tai_Tham Tai_Viet Javanese Balinese';
const unspacedScripts = scripts
  .split(' ')
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const mark = '[\\p{M}\u0e33\u0eb3]';
const unspaced = `(?=[\\p{L}\\p{N}])(?!\\p{Nd}|${mark})[${unspacedScripts}\u3006\u3031-\u3035\u303c\u30fc\uff70]`;
const letter = `(?:(?!${unspaced})[\\p{L}\\p{N}]|${mark})`;
const space = '\\s\\x1c-\\x1f\\x85';
const symbol = `(?!${mark})[^\\p{L}\\p{N}_${space}]`;
const modifiers = `(?:${mark}|\\p{Emoji_Modifier})*`;
const token = new RegExp(
  [
    `${unspaced}${mark}*`,
    `${letter}+(?:'${letter}+)*`,
    `\\.+${mark}*`,
    `(?:\\p{RI}{2}|${symbol})${modifiers}(?:\u200d${symbol}${modifiers})*`,
  ].join('|'),
  'gu',
);
const invisible = /(?!\p{L})\p{Default_Ignorable_Code_Point}|\u0640/gu;
const passed = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}\u0e33\u0eb3\u0640]*$/u;
const beyondSymbols = new RegExp(
  `^[\\x00-\\x7f\\p{L}\\p{N}\\p{M}\\p{Default_Ignorable_Code_Point}\\p{Emoji_Modifier}${space}]`,
  'u',
);
const typed = new Map([
  ...Array.from('\u2019\u2018\u201b\u02bc\u05f3').map((c) => [c, "'"] as const),
  ...Array.from('\u201c\u201d\u201e\u201f\u05f4').map((c) => [c, '"'] as const),
  ...Array.from('\u2010\u2011').map((c) => [c, '-'] as const),
  ['\u2026', '...'],
  ['\u0131', 'i'],
]);

function asTyped(character: string): string {
  if (/[\ufb00-\uffef]/.test(character)) {
    const plain = character.normalize('NFKC');
    return plain.includes(' ') ? character : plain;
  }
  return typed.get(character) ?? character;
}

/** Whether the joiner at `index` makes one emoji of two. */
function isKept(text: string, index: number): boolean {
  const before = Array.from(text.slice(0, index).replace(passed, '')).at(-1) ?? '';
  const [after = ''] = text.slice(index + 1);
  return [before, after].every((c) => c !== '' && !beyondSymbols.test(c) && asTyped(c).normalize('NFC') === c);
}

/** @param text without lone surrogates, of characters that Unicode 14 knows */
export function slowTokens(text: string): string[] {
  const joined = text.replaceAll('\u200d', (_, index: number) => (isKept(text, index) ? '\ue000' : ''));
  const visible = joined.replace(invisible, '').replaceAll('\ue000', '\u200d');
  const plain = Array.from(visible, asTyped).join('');
  const small = plain.normalize('NFD').toLowerCase();
  const settled = small.replace(/i([\u0316-\u0319\u031b-\u0333]*)\u0307/gu, 'i$1').normalize('NFC');
  const withoutBreaks = settled.replace(new RegExp(`<br[${space}]*/?>`, 'g'), ' ');
  return Array.from(withoutBreaks.matchAll(token), ([found]) => {
    const [first = '', ...others] = found;
    return first + others.join('').replace(/\p{Emoji_Modifier}/gu, '');
  });
}
