const previewCharacters = 100;

/** A character has four bytes at most, a line end two. */
const largestPreviewBytes = 4 * previewCharacters;

/** More texts than the IMDb data has; of those behind them nothing is kept, so that any number of texts fits. */
const keptTexts = 1 << 16;

/** The first 100 characters of many texts in one array of bytes. */
export class PreviewTexts {
  /** Room for the IMDb data at once: memory that is never touched costs nothing, growing by copies does. */
  #bytes = new Uint8Array(1 << 23);
  readonly #ends = [0];
  #end = 0;

  /** How many are kept. */
  get length(): number {
    return this.#ends.length - 1;
  }

  /** Keeps the start of a valid UTF-8 text under the number of texts before it. */
  add(text: Uint8Array): void {
    if (this.#ends.length > keptTexts) return;
    if (this.#end + largestPreviewBytes > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    // Byte by byte: a view for each text would cost more than its copy.
    const bytes = this.#bytes;
    const length = endOfPreview(text);
    for (let i = 0; i < length; i += 1) bytes[this.#end + i] = text[i] ?? 0;
    this.#end += length;
    this.#ends.push(this.#end);
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
