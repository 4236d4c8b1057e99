import type { CharacterRange } from '../characters/character_ngrams.js';
import { ImdbTorchError } from '../../errors.js';
import { Int32List } from '../int32_list.js';
import { TokenInterner } from '../tokens/token_interner.js';
import type { Vocabulary } from '../vocabulary.js';
import { featuresAtOnce, makeTablesOf, type IndexTables, type NumberedFeatures } from './index_tables.js';

const blank = 0x20;

export interface VocabularyTableOptions {
  readonly vocabulary: Vocabulary;
  /** Whether id 0 stands for all unknown tokens, whatever its name. */
  readonly hasUnknown: boolean;
  /** The numbers of characters of n-grams that are features as well; null: none are. */
  readonly characters: CharacterRange | null;
}

/**
 * Makes the tables of an index of the features of a vocabulary, and pauses again and again, so that other work can be
 * done meanwhile.
 * @throws ImdbTorchError ERR_RUN when a feature comes twice
 */
export function* makeTables(options: VocabularyTableOptions): Generator<undefined, IndexTables, undefined> {
  const comesTwice = (id: number): ImdbTorchError => twice(options.vocabulary.word(id));
  return yield* makeTablesOf(yield* numberTokens(options, comesTwice), comesTwice);
}

/** Numbers the tokens of the features, which are the lines of the vocabulary. */
function* numberTokens(
  { vocabulary, hasUnknown, characters: range }: VocabularyTableOptions,
  comesTwice: (id: number) => Error,
): Generator<undefined, NumberedFeatures, undefined> {
  const { lines, starts, size } = vocabulary;
  const tokens = new TokenInterner();
  // There is room for a token in each byte: memory that is never touched costs nothing.
  const sequences = new Int32Array(lines.length + 1);
  const offsets = new Int32Array(size + 1);
  const ngrams = new TokenInterner();
  const idOf = new Int32List();
  for (let id = 0; id < size; id += 1) {
    const [start, end] = [starts[id], starts[id + 1] - 1];
    offsets[id + 1] = offsets[id];
    if (id % featuresAtOnce === 0) yield;
    if (range !== null && vocabulary.isOfCharacters(id)) {
      if (ngrams.internBytes(lines, start + 1, end) !== idOf.length) throw comesTwice(id);
      idOf.push(id);
    } else if (id > 0 || !hasUnknown) {
      offsets[id + 1] = pushTokens(lines, start, end, { tokens, sequences, from: offsets[id] });
    }
  }
  return { tokens, sequences, offsets, characters: range && { range, ngrams, idOf: idOf.toArray() } };
}

/** Writes the numbers of the tokens of a line, and returns where they end. */
function pushTokens(
  lines: Uint8Array,
  start: number,
  end: number,
  { tokens, sequences, from }: { tokens: TokenInterner; sequences: Int32Array; from: number },
): number {
  let last = from;
  let tokenStart = start;
  for (let k = start; k <= end; k += 1) {
    if (k < end && lines[k] !== blank) continue;
    sequences[last++] = tokens.internBytes(lines, tokenStart, k);
    tokenStart = k + 1;
  }
  return last;
}

function twice(feature: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_RUN',
    `Expected each feature once in the vocabulary but ${JSON.stringify(feature)} is there twice; train again.`,
  );
}
