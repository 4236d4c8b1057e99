/** Id 0: every word that the vocabulary does not hold. */
export const unknownWord = '<UNK>';

/** Lists of numbers, one behind the other: list `r` goes from `offsets[r]` to `offsets[r + 1]`. */
export interface Lists {
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}

/**
 * The most frequent words of the texts `rows`, as word numbers: those of Python's
 * `sorted(counter, key=counter.get, reverse=True)[:limit]`, so equally frequent words keep the order in which they first
 * appear when the texts are read in the order of `rows`.
 * @param wordCount how many distinct words all texts have
 */
export function mostFrequentWords(
  { ids, offsets }: Lists,
  rows: Int32Array,
  wordCount: number,
  limit: number,
): Int32Array {
  const counts = new Int32Array(wordCount);
  const byAppearance = new Int32Array(wordCount);
  let seen = 0;
  for (const row of rows) {
    const end = offsets[row + 1] ?? 0;
    for (let i = offsets[row] ?? 0; i < end; i += 1) {
      const word = ids[i] ?? 0;
      const count = counts[word] ?? 0;
      if (count === 0) byAppearance[seen++] = word;
      counts[word] = count + 1;
    }
  }
  // One exact float64 a word, higher counts first and then the earlier appearance: typed arrays sort numbers fastest.
  const keys = new Float64Array(seen);
  for (let k = 0; k < seen; k += 1) keys[k] = k - (counts[byAppearance[k] ?? 0] ?? 0) * wordCount;
  keys.sort();
  return Int32Array.from(keys.subarray(0, limit), (key) => {
    const appearance = ((key % wordCount) + wordCount) % wordCount;
    return byAppearance[appearance] ?? 0;
  });
}

/** `[wordCount]`: the vocabulary id of each word number; 0 for words that are not in the vocabulary. */
export function vocabularyIds(words: Int32Array, wordCount: number): Int32Array {
  const ids = new Int32Array(wordCount);
  words.forEach((word, index) => {
    ids[word] = index + 1;
  });
  return ids;
}
