import { areTables, type IndexTables } from '../text/ngrams/index_tables.js';
import type { SharedTokens } from '../text/tokens/token_interner.js';
import { readSections, takeSection, writeSections, type SectionArray, type SectionFile } from './sections.js';

const magic = 'IMDBFEAT';
/** To be raised whenever the same features have other tables. */
const version = 1;

/** What tables are made of: others belong to another vocabulary, or to other options. */
export interface TablesOrigin {
  readonly vocabularySha256: string;
  /** Whether id 0 stands for all unknown tokens. */
  readonly hasUnknown: boolean;
  /** The numbers of characters of n-grams that are features; null: none are. */
  readonly characters: readonly [least: number, most: number] | null;
}

const refuse = (fault: string): Error => new Error(fault);

/** Returns a file that has the tables as they lie in memory. */
export function formatTables(tables: IndexTables, origin: TablesOrigin): Uint8Array {
  const { features, longest, tokens, idOfToken, pairs, characters } = tables;
  const { vocabularySha256, hasUnknown, characters: range } = origin;
  const header = { version, vocabularySha256, hasUnknown, characters: range, features, longest, bits: pairs.bits };
  const ngrams = characters && { ...sectionsOf('ngrams', characters.ngrams), idOfNgram: characters.idOf };
  const ofPairs = { 'pairs.buckets': pairs.buckets, 'pairs.entries': pairs.entries };
  return writeSections(magic, header, { ...sectionsOf('tokens', tokens), idOfToken, ...ofPairs, ...ngrams });
}

/**
 * Reads what `formatTables` has written. The tables are views of the file.
 * @param checksum a faster CRC-32 than that of this package
 * @throws Error when the file is damaged, of another version or of another origin
 */
export function parseTables(
  bytes: Uint8Array,
  origin: TablesOrigin,
  checksum?: (bytes: Uint8Array) => number,
): IndexTables {
  const file = readSections(bytes, magic, { refuse, ...(checksum && { checksum }) });
  const { features, longest, bits, ...made } = file.header;
  const wanted: Record<string, unknown> = { version, ...origin };
  for (const [key, value] of Object.entries(wanted)) {
    if (JSON.stringify(made[key]) !== JSON.stringify(value)) throw refuse(`it has another ${key}`);
  }
  const tables: IndexTables = {
    features: features as number,
    longest: longest as number,
    tokens: tokensIn(file, 'tokens'),
    idOfToken: numbersIn(file, 'idOfToken'),
    pairs: {
      bits: bits as number,
      buckets: numbersIn(file, 'pairs.buckets'),
      entries: numbersIn(file, 'pairs.entries'),
    },
    characters: origin.characters && {
      range: origin.characters,
      ngrams: tokensIn(file, 'ngrams'),
      idOf: numbersIn(file, 'idOfNgram'),
    },
  };
  if (!areTables(tables)) throw refuse('it has a number out of range');
  return tables;
}

function sectionsOf(name: string, { bytes, starts, keys, slots }: SharedTokens): Record<string, SectionArray> {
  return { [`${name}.bytes`]: bytes, [`${name}.starts`]: starts, [`${name}.keys`]: keys, [`${name}.slots`]: slots };
}

function tokensIn(file: SectionFile, name: string): SharedTokens {
  const starts = numbersIn(file, `${name}.starts`);
  return {
    size: starts.length - 1,
    bytes: takeSection(file, `${name}.bytes`, { dtype: 'uint8', refuse }),
    starts,
    keys: numbersIn(file, `${name}.keys`),
    slots: numbersIn(file, `${name}.slots`),
  };
}

function numbersIn(file: SectionFile, name: string): Int32Array {
  return takeSection(file, name, { dtype: 'int32', refuse });
}
