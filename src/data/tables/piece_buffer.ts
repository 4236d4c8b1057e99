/**
 * Reads one part at `at` and returns where the next begins; less than 0 where more bytes are needed to know. At the end of
 * a file there are none, and it returns a place.
 */
type Step = (bytes: Buffer, at: number, isLast: boolean) => number;

/** Keeps the pieces of a file that a part is not complete of, and has them read part by part. */
export class PieceBuffer {
  #pieces: Buffer[] = [];
  #pending = 0;
  /** What is not complete is looked at again when there is twice as much of it. */
  #needed = 0;

  constructor(readonly step: Step) {}

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#pending += piece.length;
    if (this.#pending >= this.#needed) this.#read(false);
  }

  end(): void {
    this.#read(true);
  }

  #read(isLast: boolean): void {
    const [first, ...others] = this.#pieces;
    const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#pieces);
    let at = 0;
    while (at < bytes.length) {
      const next = this.step(bytes, at, isLast);
      if (next < 0) break;
      at = next;
    }
    this.#pieces = [bytes.subarray(at)];
    this.#pending = bytes.length - at;
    this.#needed = 2 * this.#pending;
  }
}
