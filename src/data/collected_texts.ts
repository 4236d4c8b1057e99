import type { TokenLists } from '../text/tokens/token_lists.js';

const previewCharacters = 100;

/** More texts than the IMDb data has; a larger data set has previews of its first texts only. */
const mostPreviews = 1 << 16;

/** The texts of a source, by number: their tokens, and how the first ones begin. */
export class CollectedTexts {
  readonly previews: string[] = [];

  constructor(readonly tokens: TokenLists) {}

  /** Keeps a text, which must be valid UTF-8, and returns its number. */
  add(text: Uint8Array): number {
    if (this.previews.length < mostPreviews) this.previews.push(previewOf(text));
    return this.tokens.add(text);
  }
}

/** The first 100 characters of a text as Python's text mode reads them: every line end is `\n`, and counts once. */
function previewOf(text: Uint8Array): string {
  let characters = 0;
  let end = 0;
  for (; end < text.length; end += 1) {
    const byte = text[end] ?? 0;
    const continues = (byte & 0xc0) === 0x80 || (byte === 0x0a && text[end - 1] === 0x0d);
    if (continues) continue;
    if (characters === previewCharacters) break;
    characters += 1;
  }
  return Buffer.from(text.buffer, text.byteOffset, end).toString('utf8').replace(/\r\n?/g, '\n');
}
