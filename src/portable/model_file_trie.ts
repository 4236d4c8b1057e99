import type { FeatureNames } from '../text/feature_names.js';
import { characterMark, type CharacterRange } from '../text/characters/character_ngrams.js';
import { sharedInt32 } from '../text/shared_memory.js';
import type { IndexTables } from '../text/ngrams/index_tables.js';
import { packPairs, type PackedPairs } from '../text/ngrams/packed_pairs.js';
import { TokenInterner } from '../text/tokens/token_interner.js';
import { takeSection, type SectionFile } from '../storage/sections.js';

type Refuse = (fault: string) => Error;

/** What a model file says of its features. */
export interface StoredFeatures {
  readonly features: number;
  /** The greatest number of tokens of an n-gram. */
  readonly longest: number;
  /** The feature that stands for all unknown tokens, which then has id 0; null: there is none. */
  readonly unknown: string | null;
  readonly characters: CharacterRange | null;
}

const lineFeed = 10;
const blank = 0x20;
/** Numbers have at most this many bytes. */
const mostPlanes = 3;

/** Reads the features of a model file. @throws what `refuse` makes */
export function readFeatures(
  file: SectionFile,
  stored: StoredFeatures,
  refuse: Refuse,
): { index: IndexTables; names: FeatureNames } {
  const { features, longest, characters, unknown } = stored;
  const tokens = readNames(file, 'tokens', refuse);
  const ngrams = characters && readNames(file, 'characters', refuse);
  const trie = readTrie(file, tokens.size, longest, refuse);
  const firstOfCharacters = features - (ngrams?.size ?? 0);
  const { idOf, nodeOf } = numberNodes(trie, readFlags(file, trie.total, refuse), {
    ...{ features, first: unknown === null ? 0 : 1, end: firstOfCharacters },
    refuse: () => refuse(`it has other than ${features} features`),
  });
  // Where features are single tokens, the number of a token says its id.
  if (longest === 1 && characters === null && idOf.includes(features))
    throw refuse('it has tokens that are no features');
  const index: IndexTables = {
    ...{ features, longest, tokens: tokens.share(), idOfToken: sharedInt32(idOf.subarray(0, tokens.size)) },
    pairs: pairsOf(trie, idOf, tokens.size, features),
    characters: ngrams && {
      ...{ range: characters, ngrams: ngrams.share() },
      idOf: sharedInt32(Int32Array.from({ length: ngrams.size }, (_, k) => firstOfCharacters + k)),
    },
  };
  const word = (id: number): string => {
    if (unknown !== null && id === 0) return unknown;
    if (id >= firstOfCharacters) return characterMark + (ngrams?.token(id - firstOfCharacters) ?? '');
    return Array.from(trie.tokensOf(nodeOf[id]), (token) => tokens.token(token)).join(' ');
  };
  return { index, names: { size: features, word, isOfCharacters: (id) => id >= firstOfCharacters } };
}

/**
 * Gives nodes that are features the ids from `first` to `end`, in their order, and the others those behind all features.
 * @returns `[nodes]`: the id of each, and `[end]`: the node of each id
 */
function numberNodes(
  { total }: Trie,
  isFeature: (node: number) => boolean,
  { features, first, end, refuse }: { features: number; first: number; end: number; refuse: () => Error },
): { idOf: Int32Array; nodeOf: Int32Array } {
  if (end < first || end > first + total) throw refuse();
  const idOf = new Int32Array(total);
  const nodeOf = new Int32Array(end);
  let [id, other] = [first, features];
  for (let node = 0; node < total; node += 1) {
    if (!isFeature(node)) idOf[node] = other++;
    else {
      nodeOf[id] = node;
      idOf[node] = id++;
    }
  }
  if (id !== end) throw refuse();
  return { idOf, nodeOf };
}

/** Reads names of which each is the first bytes of the one before, and others behind them. */
function readNames(file: SectionFile, name: string, refuse: Refuse): TokenInterner {
  const shared = takeSection(file, `${name}.shared`, { dtype: 'uint8', refuse });
  const rest = takeSection(file, `${name}.rest`, { dtype: 'uint8', refuse });
  const names = new TokenInterner(shared.length);
  const present = new Uint8Array(256 + rest.length);
  let [length, k] = [0, 0];
  // Those that are UTF-8 in a row are so one by one where none starts inside a character.
  let areWords = !rest.includes(blank);
  for (let number = 0; number < shared.length; number += 1) {
    if (shared[number] > length) throw refuse(`its ${name} are not those that were written`);
    length = shared[number];
    while (k < rest.length && rest[k] !== lineFeed) present[length++] = rest[k++];
    if (k++ === rest.length || length === 0 || names.internBytes(present, 0, length) !== number)
      throw refuse(`its ${name} are not those that were written`);
    areWords &&= present[0] >> 6 !== 0b10;
  }
  if (k !== rest.length) throw refuse(`it has bytes behind its ${name}`);
  if (!areWords || !isUtf8(names.reserve(0).subarray(0, names.tail))) throw refuse(`its ${name} are no words in UTF-8`);
  return names;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Reads numbers: first the lowest byte of each, then the next one of each. */
function readNumbers(file: SectionFile, name: string, count: number, refuse: Refuse): Int32Array {
  const bytes = takeSection(file, name, { dtype: 'uint8', refuse });
  const numbers = new Int32Array(count);
  const planes = count === 0 ? bytes.length : bytes.length / count;
  if (!Number.isInteger(planes) || planes > mostPlanes || (count === 0) !== (planes === 0))
    throw refuse(`its section ${name} has not the numbers of ${count} n-grams`);
  for (let k = 0; k < bytes.length;) {
    const shift = (8 * k) / count;
    for (let number = 0; number < count; number += 1) numbers[number] |= bytes[k++] << shift;
  }
  return numbers;
}

/** Reads a bit for each node: whether it is a feature itself; without the section all are. */
function readFlags(file: SectionFile, nodes: number, refuse: Refuse): (node: number) => boolean {
  if (!file.sections.has('isFeature')) return () => true;
  const bits = takeSection(file, 'isFeature', { dtype: 'uint8', length: (nodes + 7) >> 3, refuse });
  return (node) => ((bits[node >> 3] >> (node & 7)) & 1) === 1;
}

/**
 * N-grams as nodes: those of one token come first, then those of two, and so on, by the n-gram without its last token, the
 * parent, and then by the one without its first, the suffix. Both are nodes as well.
 */
interface Trie {
  readonly total: number;
  /** `[total]`: the parent of each; those of one token have none. */
  readonly parents: Int32Array;
  /** `[total]` */
  readonly suffixes: Int32Array;
  tokensOf(node: number): number[];
}

/** Reads what is written of a node: the number of its children, and which children of its suffix theirs are. */
function readTrie(file: SectionFile, tokens: number, longest: number, refuse: Refuse): Trie {
  const { firsts, total } = readChildren(file, tokens, longest, refuse);
  const [parents, suffixes] = [new Int32Array(total), new Int32Array(total)];
  let level = 0;
  for (let length = 2; length <= longest; length += 1) {
    const above = firsts[level];
    const ranks = readNumbers(file, `ranks${length}`, firsts[above] - above, refuse);
    for (let node = level; node < above; node += 1) {
      // A token is an n-gram of one token whose suffix is that of none: any token may follow.
      const [start, end] = length === 2 ? [0, tokens] : [firsts[suffixes[node]], firsts[suffixes[node] + 1]];
      let suffix = start - 1;
      for (let child = firsts[node]; child < firsts[node + 1]; child += 1) {
        suffix += 1 + ranks[child - above];
        if (suffix >= end) throw refuse(`its section ranks${length} has a number that is too large`);
        parents[child] = node;
        suffixes[child] = suffix;
      }
    }
    level = above;
  }
  const tokensOf = (node: number): number[] => {
    let last = node;
    while (last >= tokens) last = suffixes[last];
    return node < tokens ? [node] : [...tokensOf(parents[node]), last];
  };
  return { total, parents, suffixes, tokensOf };
}

/** @returns `[nodes + 1]`: where the children of each node start, and where the last ones end */
function readChildren(
  file: SectionFile,
  tokens: number,
  longest: number,
  refuse: Refuse,
): { firsts: Int32Array; total: number } {
  const counts: Int32Array[] = [];
  let [total, nodes] = [tokens, tokens];
  for (let length = 2; length <= longest; length += 1) {
    const children = readNumbers(file, `children${length}`, nodes, refuse);
    counts.push(children);
    nodes = children.reduce((sum, count) => sum + count, 0);
    // Each takes at least one byte, so that no number asks for more memory than the file's size says.
    if (nodes > takeSection(file, `ranks${length}`, { dtype: 'uint8', refuse }).length)
      throw refuse(`its section children${length} has a number that is too large`);
    total += nodes;
  }
  const firsts = new Int32Array(total + 1).fill(total);
  let [node, first] = [0, tokens];
  for (const children of counts) {
    for (const count of children) {
      firsts[node++] = first;
      first += count;
    }
  }
  return { firsts, total };
}

/** Makes the table of the pairs of ids that are n-grams; no two nodes have the same parent and the same suffix. */
function pairsOf({ total, parents, suffixes }: Trie, idOf: Int32Array, tokens: number, features: number): PackedPairs {
  const pairs = new Int32Array(3 * (total - tokens));
  for (let node = tokens; node < total; node += 1)
    pairs.set([idOf[parents[node]], idOf[suffixes[node]], idOf[node] + 1], 3 * (node - tokens));
  return packPairs(pairs, total - tokens, features + total);
}
