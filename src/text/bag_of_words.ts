import type { Lists } from './vocabulary.js';

const { clz32 } = Math;

/**
 * The texts `rows` as bags of words: for each the set of its vocabulary ids, ascending.
 * @param idOfWord `[words]` vocabulary id of each word number, 0 for unknown words
 * @param vocabularySize all ids are below it
 */
export function bagsOfWords(
  tokens: Lists,
  rows: Int32Array,
  idOfWord: Int32Array,
  vocabularySize: number,
): Lists {
  const { ids: words, offsets: starts } = tokens;
  // A set of bits a text is read out in ascending order, which costs far less than sorting each list; another set says
  // which numbers of the first hold any.
  const bits = new Int32Array((vocabularySize + 31) >> 5);
  const filled = new Int32Array((bits.length + 31) >> 5);
  const ids = new Int32Array(totalLength(tokens, rows));
  const offsets = new Int32Array(rows.length + 1);
  let length = 0;
  rows.forEach((row, index) => {
    const end = starts[row + 1] ?? 0;
    for (let i = starts[row] ?? 0; i < end; i += 1) {
      const id = idOfWord[words[i] ?? 0] ?? 0;
      addTo(bits, id);
      addTo(filled, id >> 5);
    }
    for (let f = 0; f < filled.length; f += 1) {
      for (let some = filled[f] ?? 0; some !== 0; some &= some - 1) {
        const k = (f << 5) | lowestBit(some);
        for (let left = bits[k] ?? 0; left !== 0; left &= left - 1) {
          ids[length++] = (k << 5) | lowestBit(left);
        }
        bits[k] = 0;
      }
      filled[f] = 0;
    }
    offsets[index + 1] = length;
  });
  // A view, not a copy: memory behind its end was never touched and so was never taken.
  return { ids: ids.subarray(0, length), offsets };
}

function addTo(bits: Int32Array, member: number): void {
  bits[member >> 5] = (bits[member >> 5] ?? 0) | (1 << (member & 31));
}

function lowestBit(bits: number): number {
  return 31 - clz32(bits & -bits);
}

function totalLength({ offsets }: Lists, rows: Int32Array): number {
  let total = 0;
  for (const row of rows) total += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  return total;
}
