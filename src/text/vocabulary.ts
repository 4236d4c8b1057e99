import { aNumber, aString, bytes, instance, listOf, wholeFrom } from '../arguments.js';
import { createHash } from 'node:crypto';
import { ImdbTorchError } from '../errors.js';
import { characterMark, isCharacterNgram } from './characters/character_ngrams.js';
import { Int32List } from './int32_list.js';

/** The feature with id 0 in the notebook's vocabulary: every word that it does not hold. */
export const unknownWord = '<UNK>';

const lineFeed = 10;

const checkWords = listOf(aString);

/** Words by id, kept as the bytes of their lines: half a million strings take long to make, and are seldom needed. */
export class Vocabulary {
  /** The words in UTF-8, joined by line feeds; no bytes are no words. */
  readonly lines: Buffer;
  /** `[size + 1]`: where each line starts, and where one more would. */
  readonly #starts: Int32Array;
  #words: readonly string[] | undefined;
  #sha256: string | undefined;

  constructor(lines: Uint8Array) {
    bytes(lines, 'lines');
    const { buffer, byteOffset, byteLength } = lines;
    this.lines = Buffer.from(buffer, byteOffset, byteLength);
    this.#starts = startsOf(this.lines);
  }

  /** @throws ImdbTorchError ERR_USAGE for a word with a line break, or none but an empty one */
  static of(words: readonly string[]): Vocabulary {
    checkWords(words, 'words');
    const vocabulary = new Vocabulary(Buffer.from(words.join('\n')));
    if (vocabulary.size !== words.length) {
      const broken = words.find((word) => word.includes('\n')) ?? '';
      throw new ImdbTorchError(
        'ERR_USAGE',
        `Expected words without line breaks, and not an empty one alone, but received ${JSON.stringify(broken)}; leave it out.`,
      );
    }
    vocabulary.#words = words;
    return vocabulary;
  }

  /** The number of words. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** Id -> word; all strings are made when this is first asked for. */
  get words(): readonly string[] {
    return (this.#words ??= this.size === 0 ? [] : this.lines.toString().split('\n'));
  }

  /** The word with this id, without making the others. @throws RangeError for an id that no word has */
  word(id: number): string {
    aNumber(id, 'id');
    if (!Number.isInteger(id) || id < 0 || id >= this.size) {
      throw new RangeError(`Expected an id in 0 .. ${this.size - 1} but received ${id}.`);
    }
    return this.lines.toString('utf8', this.#starts[id], this.#starts[id + 1] - 1);
  }

  /** Whether the feature with this id is an n-gram of characters, a part of words. @internal */
  isOfCharacters(id: number): boolean {
    return this.lines[this.#starts[id]] === characterMark.charCodeAt(0) && isCharacterNgram(this.word(id));
  }

  /** The words with the lowest ids. */
  first(count: number): string[] {
    wholeFrom(0)(count, 'count');
    return Array.from({ length: Math.min(count, this.size) }, (_, id) => this.word(id));
  }

  /** The SHA-256 of the lines. */
  get sha256(): string {
    return (this.#sha256 ??= createHash('sha256').update(this.lines).digest('hex'));
  }

  /** Whether `other` has the same words in the same order. */
  equals(other: Vocabulary): boolean {
    instance(Vocabulary)(other, 'other');
    return this.lines.equals(other.lines);
  }
}

function startsOf(lines: Buffer): Int32Array {
  const starts = new Int32List();
  for (let next = lines.length === 0 ? -1 : 0; next !== -1;) {
    starts.push(next);
    const end = lines.indexOf(lineFeed, next);
    next = end === -1 ? -1 : end + 1;
  }
  starts.push(starts.length === 0 ? 0 : lines.length + 1);
  return starts.toArray();
}
