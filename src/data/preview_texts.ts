const previewCharacters = 100;

/** The first 100 characters of many texts in one array of bytes. */
export class PreviewTexts {
  #bytes = new Uint8Array(1 << 16);
  readonly #ends = [0];

  /** Keeps the start of a valid UTF-8 text under the number of texts before it. */
  add(text: Uint8Array): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + endOfPreview(text);
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(text.subarray(0, end - start), start);
    this.#ends.push(end);
  }

  /** The preview of a text as Python's text mode reads it: every line end is `\n`. */
  text(index: number): string {
    const bytes = this.#bytes.subarray(this.#ends[index], this.#ends[index + 1]);
    return Buffer.from(bytes).toString('utf8').replace(/\r\n?/g, '\n');
  }
}

/** Where the first 100 code points end; a line end of two bytes counts once. */
function endOfPreview(text: Uint8Array): number {
  let characters = 0;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i] ?? 0;
    const continues = (byte & 0xc0) === 0x80 || (byte === 0x0a && text[i - 1] === 0x0d);
    if (continues) continue;
    if (characters === previewCharacters) return i;
    characters += 1;
  }
  return text.length;
}
