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
  // A set of bits a text is read out in ascending order, which costs far less than sorting each list.
  const bits = new Int32Array((vocabularySize + 31) >> 5);
  const ids = new Int32Array(totalLength(tokens, rows));
  const offsets = new Int32Array(rows.length + 1);
  let length = 0;
  rows.forEach((row, index) => {
    const end = starts[row + 1] ?? 0;
    for (let i = starts[row] ?? 0; i < end; i += 1) {
      const id = idOfWord[words[i] ?? 0] ?? 0;
      bits[id >> 5] = (bits[id >> 5] ?? 0) | (1 << (id & 31));
    }
    for (let k = 0; k < bits.length; k += 1) {
      for (let left = bits[k] ?? 0; left !== 0; left &= left - 1) {
        ids[length++] = (k << 5) | (31 - clz32(left & -left));
      }
      bits[k] = 0;
    }
    offsets[index + 1] = length;
  });
  // A view, not a copy: memory behind its end was never touched and so was never taken.
  return { ids: ids.subarray(0, length), offsets };
}

function totalLength({ offsets }: Lists, rows: Int32Array): number {
  let total = 0;
  for (const row of rows) total += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  return total;
}
