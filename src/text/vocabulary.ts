import { aNumber, aString, bytes, instance, int32Array, listOf, optional, wholeFrom } from '../arguments.js';
import { createHash } from 'node:crypto';
import { ImdbTorchError } from '../errors.js';
import { characterMark, isCharacterNgram } from './characters/character_ngrams.js';
import type { FeatureNames } from './feature_names.js';
import { sharedBytes, sharedInt32 } from './shared_memory.js';

/** The feature with id 0 in the notebook's vocabulary: every word that it does not hold. */
export const unknownWord = '<UNK>';

const lineFeed = 10;

const checkWords = listOf(aString);

/** The lines of a vocabulary, and where they start, on memory that threads share. */
export interface SharedVocabulary {
  readonly lines: Uint8Array;
  readonly starts: Int32Array;
}

/** Words by id, kept as the bytes of their lines: half a million strings take long to make, and are seldom needed. */
export class Vocabulary implements FeatureNames {
  /** The words in UTF-8, joined by line feeds; no bytes are no words. */
  readonly lines: Buffer;
  #starts: Int32Array | undefined;
  readonly #size: number | undefined;
  #words: readonly string[] | undefined;
  #sha256: string | undefined;

  /**
   * @param starts where each line starts, when another thread has looked for that already
   * @param size the number of words, when a file has it: half a million lines are not looked at before one is asked for
   */
  constructor(lines: Uint8Array, starts?: Int32Array, size?: number) {
    bytes(lines, 'lines');
    optional(int32Array)(starts, 'starts');
    optional(wholeFrom(0))(size, 'size');
    const { buffer, byteOffset, byteLength } = lines;
    this.lines = Buffer.from(buffer, byteOffset, byteLength);
    this.#starts = starts;
    this.#size = size;
  }

  /** Copies the lines, and where they start, into memory that threads share: what the constructor takes. @internal */
  share(): SharedVocabulary {
    return { lines: sharedBytes(this.lines), starts: sharedInt32(this.starts) };
  }

  /**
   * `[size + 1]`: where each line starts, and where one more would.
   * @throws ImdbTorchError ERR_RUN when there are not as many as the constructor was told; so do all that look at lines
   * @internal
   */
  get starts(): Int32Array {
    return (this.#starts ??= this.#findStarts());
  }

  #findStarts(): Int32Array {
    const starts = startsOf(this.lines);
    const found = starts.length - 1;
    if (found === (this.#size ?? found)) return starts;
    throw new ImdbTorchError(
      'ERR_RUN',
      `Expected a vocabulary of ${this.#size} words, as run.json says, but it has ${found}: the run was changed; train again.`,
    );
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
    return this.#size ?? this.starts.length - 1;
  }

  /** Id -> word; all strings are made when this is first asked for. */
  get words(): readonly string[] {
    return (this.#words ??= this.starts.length === 1 ? [] : this.lines.toString().split('\n'));
  }

  /** The word with this id, without making the others. @throws RangeError for an id that no word has */
  word(id: number): string {
    aNumber(id, 'id');
    const { starts, size } = this;
    if (!Number.isInteger(id) || id < 0 || id >= size) {
      throw new RangeError(`Expected an id in 0 .. ${size - 1} but received ${id}.`);
    }
    return this.lines.toString('utf8', starts[id], starts[id + 1] - 1);
  }

  /** Whether the feature with this id is an n-gram of characters, a part of words. @internal */
  isOfCharacters(id: number): boolean {
    const start = this.starts[id];
    return this.lines[start] === characterMark.charCodeAt(0) && isCharacterNgram(this.word(id));
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

function startsOf(lines: Uint8Array): Int32Array {
  if (lines.length === 0) return new Int32Array(1);
  // There is room for a line in each byte: memory that is never touched costs nothing.
  const starts = new Int32Array(lines.length + 2);
  let count = 1;
  for (let k = 0; k < lines.length; k += 1) if (lines[k] === lineFeed) starts[count++] = k + 1;
  starts[count++] = lines.length + 1;
  return starts.slice(0, count);
}
