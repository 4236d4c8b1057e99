import type { EncodedTexts } from '../bag_writer.js';

/**
 * Encoded texts by features (compressed sparse columns): feature `j` is in the texts from `starts[j]` to `starts[j + 1]`,
 * ascending. Made once, they give the class counts of any number of folds.
 */
export interface FeatureColumns {
  /** `[features + 1]` */
  readonly starts: Int32Array;
  /** `[entries]`: the texts that have the feature. */
  readonly texts: Int32Array | Uint16Array;
  /** `[entries]`: how often the text has the feature; null where that does not matter. */
  readonly counts: Int32Array | null;
  /** `[texts]`: what each text has of all features together. */
  readonly sizes: Float64Array;
}

/** Sorts the entries of texts by feature. @param features number of features */
export function columnsOf({ ids, offsets, counts }: EncodedTexts, features: number): FeatureColumns {
  const starts = new Int32Array(features + 1);
  for (const id of ids) starts[id + 1] += 1;
  for (let id = 0; id < features; id += 1) starts[id + 1] += starts[id];
  const number = offsets.length - 1;
  const next = starts.slice(0, features);
  const texts = number <= 1 << 16 ? new Uint16Array(ids.length) : new Int32Array(ids.length);
  const columnCounts = counts && new Int32Array(ids.length);
  const sizes = new Float64Array(number);
  for (let text = 0; text < number; text += 1) {
    const [start, end] = [offsets[text], offsets[text + 1]];
    sizes[text] = end - start;
    for (let i = start; i < end; i += 1) texts[next[ids[i]]++] = text;
    if (counts === null || columnCounts === null) continue;
    sizes[text] = 0;
    for (let i = start; i < end; i += 1) {
      // The entry that was written for this text a moment ago.
      columnCounts[next[ids[i]] - 1] = counts[i];
      sizes[text] += counts[i];
    }
  }
  return { starts, texts, counts: columnCounts, sizes };
}
