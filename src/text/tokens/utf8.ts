const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** What stands for bytes that are not UTF-8 in what a decoder gives; a text may have it as well. */
const replacement = '\ufffd';
const bytesOfReplacement = Buffer.from(replacement).toString('latin1');

/** Returns the text that UTF-8 stands for. Bytes that are not UTF-8 are dropped. */
export function textOf(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  if (!text.includes(replacement)) return text;
  const own = Buffer.from(bytes).toString('latin1').split(bytesOfReplacement);
  return own.map((part) => utf8.decode(Buffer.from(part, 'latin1')).replaceAll(replacement, '')).join(replacement);
}
