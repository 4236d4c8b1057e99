const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
/** What stands for bytes that are not UTF-8 in what a decoder gives; a text may have it as well. */
const replacement = '\ufffd';
const [one, two, three] = encoder.encode(replacement);
/** The greatest number of bytes of one UTF-16 unit of a string. */
export const mostUtf8Bytes = 3;
/** A text that takes more memory than this is rare, so that is not kept. */
const mostKept = 1 << 20;

let memory = new Uint8Array(1 << 14);

/** Returns the text that UTF-8 stands for, with U+FFFD for bytes that are none. */
export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Returns the UTF-8 of a text, and bytes as they are; valid until the next call. */
export function utf8Of(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') return text;
  const most = mostUtf8Bytes * text.length;
  if (most > mostKept) return encoder.encode(text);
  if (most > memory.length) memory = new Uint8Array(2 * most);
  return memory.subarray(0, encoder.encodeInto(text, memory).written);
}

/**
 * Writes the UTF-8 of a short text into `bytes`, from `start` on, and returns where it ends: faster than a call of the
 * engine's encoder. Lone surrogates are U+FFFD.
 */
export function writeUtf8(text: string, bytes: Uint8Array, start: number): number {
  let end = start;
  for (let i = 0; i < text.length; i += 1) {
    let code = text.codePointAt(i) ?? 0;
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x800) {
      bytes[end++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[end++] = 0xe0 | (code >> 12);
      } else {
        i += 1;
        bytes[end++] = 0xf0 | (code >> 18);
        bytes[end++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[end++] = 0x80 | (code & 0x3f);
  }
  return end;
}

/** Returns the text that UTF-8 stands for. Bytes that are not UTF-8 are dropped. */
export function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (!text.includes(replacement)) return text;
  const parts: string[] = [];
  let start = 0;
  for (let k = 0; k + 2 < bytes.length; k += 1) {
    if (bytes[k] !== one || bytes[k + 1] !== two || bytes[k + 2] !== three) continue;
    parts.push(decodeUtf8(bytes.subarray(start, k)));
    start = k + 3;
  }
  parts.push(decodeUtf8(bytes.subarray(start)));
  return parts.map((part) => part.replaceAll(replacement, '')).join(replacement);
}
