import { leastLetterNgrams } from './features.js';
import { isUnspacedToken } from './tokens/unicode_tokenizer.js';
import type { EncodedTexts } from './bag_writer.js';
import { Vocabulary } from './vocabulary.js';

/** Stands for a feature that a subset leaves out. */
const leftOut = -1;
const blank = 0x20;

/** Says which features of a vocabulary belong to a subset of them. */
export interface SubsetOptions {
  /** The greatest number of tokens of n-grams; letters that are tokens have more, as when features are counted. */
  readonly ngrams: number;
  /** Whether n-grams of characters belong to it. */
  readonly characters: boolean;
  /** Whether tokens are single letters in scripts that put no blanks between words. */
  readonly hasLetters: boolean;
}

/** A part of the features of a vocabulary, in the same order: the features that are counted when less is asked for. */
export class FeatureSubset {
  readonly vocabulary: Vocabulary;
  /** `[features of the whole]`: the id in the subset, or -1. */
  readonly ids: Int32Array;
  /** `[features of the subset]`: 1 for n-grams of characters. */
  readonly isCharacters: Uint8Array;

  constructor(whole: Vocabulary, options: SubsetOptions) {
    this.ids = new Int32Array(whole.size).fill(leftOut);
    const kept: Buffer[] = [];
    const isCharacters = new Uint8Array(whole.size);
    const { lines } = whole;
    let start = 0;
    for (let id = 0; id < whole.size; id += 1) {
      const next = lines.indexOf(0x0a, start);
      const end = next === -1 ? lines.length : next;
      const line = lines.subarray(start, end);
      const ofCharacters = whole.isOfCharacters(id);
      if (ofCharacters ? options.characters : isWithin(line, options)) {
        isCharacters[kept.length] = Number(ofCharacters);
        this.ids[id] = kept.length;
        kept.push(line);
      }
      start = end + 1;
    }
    this.isCharacters = isCharacters.slice(0, kept.length);
    this.vocabulary = kept.length === whole.size ? whole : new Vocabulary(joinLines(kept));
  }

  /** Takes the features of the subset out of texts that are encoded with the whole. */
  select({ ids, offsets, counts }: EncodedTexts): EncodedTexts {
    if (this.vocabulary.size === this.ids.length) return { ids, offsets, counts };
    const selected = this.vocabulary.size <= 1 << 16 ? new Uint16Array(ids.length) : new Int32Array(ids.length);
    const selectedCounts = counts && new Int32Array(ids.length);
    const selectedOffsets = new Int32Array(offsets.length);
    let length = 0;
    for (let text = 0; text + 1 < offsets.length; text += 1) {
      for (let i = offsets[text]; i < offsets[text + 1]; i += 1) {
        const id = this.ids[ids[i]];
        if (id === leftOut) continue;
        selected[length] = id;
        if (counts !== null && selectedCounts !== null) selectedCounts[length] = counts[i];
        length += 1;
      }
      selectedOffsets[text + 1] = length;
    }
    return {
      ids: selected.slice(0, length),
      offsets: selectedOffsets,
      counts: selectedCounts?.slice(0, length) ?? null,
    };
  }
}

function isWithin(line: Buffer, { ngrams, hasLetters }: SubsetOptions): boolean {
  let tokens = 1;
  for (const byte of line) tokens += Number(byte === blank);
  if (tokens <= ngrams) return true;
  return hasLetters && tokens <= leastLetterNgrams && line.toString().split(' ').every(isUnspacedToken);
}

function joinLines(lines: readonly Buffer[]): Buffer {
  const joined = Buffer.alloc(
    Math.max(
      0,
      lines.reduce((sum, { length }) => sum + length + 1, -1),
    ),
  );
  let end = 0;
  lines.forEach((line, index) => {
    if (index > 0) joined[end++] = 0x0a;
    end += line.copy(joined, end);
  });
  return joined;
}
