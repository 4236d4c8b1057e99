import { joinNumbers } from '../../../data/numbers/gather.js';
import { PairTable } from '../../../text/ngrams/pair_table.js';
import type { FeatureSequences } from './sequences.js';

/** Features of tokens as a tree, in the order in which a model file has them; see `docs/model_bin.md`. */
export interface FeatureTree {
  /** The tokens in their order. */
  readonly tokens: readonly string[];
  /** What is written of the n-grams of 2 tokens, of 3, and so on. */
  readonly levels: readonly {
    /** How many children each n-gram of one token less has. */
    readonly children: Int32Array;
    /** For each: which child of its suffix its suffix is, less the one before and 1. */
    readonly ranks: Int32Array;
  }[];
  /** The feature that each node is; -1: none, since it is only inside features. */
  readonly ids: Int32Array;
}

/** Makes the tree of the features that are kept. @param isKept `[features]`: 1 or 0 */
export function growTree(features: FeatureSequences, isKept: Uint8Array): FeatureTree {
  const { sequences, offsets } = features;
  const kept = Int32Array.from(isKept.keys()).filter((id) => isKept[id] === 1 && offsets[id + 1] > offsets[id]);
  const order = tokenOrder(features, kept);
  const numberOf = new Int32Array(features.tokens.length);
  order.forEach((token, number) => (numberOf[token] = number));
  /** For each place in a sequence, the node among those of the present length that starts there. */
  const nodes = sequences.map((token) => numberOf[token]);
  const longest = kept.reduce((most, id) => Math.max(most, offsets[id + 1] - offsets[id]), 1);
  const ids: Int32Array[] = [nodeIds(features, kept, nodes, { length: 1, count: order.length })];
  const levels: FeatureTree['levels'][number][] = [];
  let above: Level = { count: order.length, firsts: null, suffixes: null };
  for (let length = 2; length <= longest; length += 1) {
    const pairs = pairsOf(features, kept, nodes, { length, count: above.count });
    const { level, written } = describeLevel(pairs, above);
    levels.push(written);
    ids.push(nodeIds(features, kept, nodes, { length, count: pairs.length }));
    above = level;
  }
  return { tokens: Array.from(order, (token) => features.tokens[token]), levels, ids: joinNumbers(ids) };
}

interface Level {
  /** The number of nodes. */
  readonly count: number;
  /** `[nodes above + 1]`: where the children of each node above start; null above all. */
  readonly firsts: Int32Array | null;
  /** `[count]`: the suffix of each among the nodes above; null: that of a token is no n-gram. */
  readonly suffixes: Int32Array | null;
}

/**
 * Numbers frequent tokens first, since low numbers take less room; those that are about as frequent are in the order of
 * the alphabet, in which they share their beginnings.
 */
function tokenOrder({ tokens, sequences, offsets }: FeatureSequences, kept: Int32Array): Int32Array {
  const counts = new Int32Array(tokens.length);
  for (const id of kept) for (let k = offsets[id]; k < offsets[id + 1]; k += 1) counts[sequences[k]] += 1;
  const rarity = counts.map((count) => Math.clz32(count));
  const byName = Int32Array.from(tokens.keys()).filter((token) => counts[token] > 0);
  return byName.sort((one, other) => rarity[one] - rarity[other] || (tokens[one] < tokens[other] ? -1 : 1));
}

/**
 * Finds the n-grams of a length inside the kept features, each once and ascending, as the number of the parent times `count`
 * plus that of the suffix, and puts their own numbers in place of those in `nodes`.
 * @param count the number of nodes of one token less
 */
function pairsOf(
  { offsets }: FeatureSequences,
  kept: Int32Array,
  nodes: Int32Array,
  { length, count }: { length: number; count: number },
): Float64Array {
  const table = new PairTable(kept.length);
  const found = new Float64Array(nodes.length);
  for (const id of kept) {
    for (let k = offsets[id]; k + length <= offsets[id + 1]; k += 1) {
      const number = table.findOrAdd(nodes[k], nodes[k + 1], table.size);
      found[number] = nodes[k] * count + nodes[k + 1];
      nodes[k] = number;
    }
  }
  const pairs = found.slice(0, table.size).sort();
  const places = new Int32Array(pairs.length);
  pairs.forEach((pair, place) => (places[table.find(Math.floor(pair / count), pair % count)] = place));
  for (const id of kept) for (let k = offsets[id]; k + length <= offsets[id + 1]; k += 1) nodes[k] = places[nodes[k]];
  return pairs;
}

/** Returns what is written of the nodes of a level, which are pairs of nodes of the one above. */
function describeLevel(pairs: Float64Array, above: Level): { level: Level; written: FeatureTree['levels'][number] } {
  const children = new Int32Array(above.count);
  const ranks = new Int32Array(pairs.length);
  const suffixes = Int32Array.from(pairs, (pair) => pair % above.count);
  pairs.forEach((pair, node) => {
    const parent = Math.floor(pair / above.count);
    const { firsts } = above;
    const first = above.suffixes === null || firsts === null ? 0 : firsts[above.suffixes[parent]];
    const before = children[parent] === 0 ? first - 1 : suffixes[node - 1];
    ranks[node] = suffixes[node] - before - 1;
    children[parent] += 1;
  });
  const firsts = new Int32Array(above.count + 1);
  children.forEach((count, parent) => (firsts[parent + 1] = firsts[parent] + count));
  return { level: { count: pairs.length, firsts, suffixes }, written: { children, ranks } };
}

/** The features that the nodes of a length are, or -1. */
function nodeIds(
  { offsets }: FeatureSequences,
  kept: Int32Array,
  nodes: Int32Array,
  { length, count }: { length: number; count: number },
): Int32Array {
  const ids = new Int32Array(count).fill(-1);
  for (const id of kept) if (offsets[id + 1] - offsets[id] === length) ids[nodes[offsets[id]]] = id;
  return ids;
}
