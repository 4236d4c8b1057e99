import { encodedFields } from '../../text/bag_writer.js';
import { fields, int32Array, optional } from '../../arguments.js';
import type { EncodedTexts, FeatureIds } from '../../text/bag_writer.js';
import { concatenate, gather, gatheredOffsets } from '../numbers/gather.js';
import type { EncodedSplit } from './encoded_splits.js';

/** Encoded reviews without what only people read of them. */
export type Reviews = Pick<EncodedSplit, 'ids' | 'offsets' | 'labels' | 'counts' | 'groups'>;

/** Checks reviews that a public function is given. */
export const checkReviews = fields({ ...encodedFields, labels: int32Array, groups: optional(int32Array) });

/** Joins splits of one data set, one behind the other. */
export function joinReviews(splits: readonly Reviews[]): Reviews {
  const offsets = new Int32Array(splits.reduce((sum, { labels }) => sum + labels.length, 1));
  let [row, entry] = [0, 0];
  for (const split of splits) {
    for (const [index, offset] of split.offsets.entries()) offsets[row + index] = entry + offset;
    row += split.labels.length;
    entry += split.ids.length;
  }
  const counts = splits.flatMap((split) => split.counts ?? []);
  const groups = splits.flatMap((split) => split.groups ?? []);
  return {
    ids: joinIds(
      splits.map((split) => split.ids),
      entry,
    ),
    offsets,
    labels: concatenate(
      splits.map((split) => split.labels),
      new Int32Array(row),
    ),
    counts: counts.length === 0 ? null : concatenate(counts, new Int32Array(entry)),
    ...(groups.length === splits.length && { groups: concatenate(groups, new Int32Array(row)) }),
  };
}

/** Returns views on the texts from `start` to before `end`. */
export function sliceOf({ ids, offsets, counts }: EncodedTexts, start: number, end: number): EncodedTexts {
  const [first, last] = [offsets[start], offsets[end]];
  return {
    ids: ids.subarray(first, last),
    offsets: offsets.subarray(start, end + 1).map((offset) => offset - Number(first)),
    counts: counts?.subarray(first, last) ?? null,
  };
}

/** Takes the reviews `rows`, in that order. */
export function selectReviews(reviews: Reviews, rows: Int32Array): Reviews {
  checkReviews(reviews, 'reviews');
  int32Array(rows, 'rows');
  const { ids, offsets, labels, counts } = reviews;
  const chosen = gatheredOffsets(offsets, rows);
  const entries = chosen.at(-1) ?? 0;
  const gatherEntries = <T extends FeatureIds>(source: T, gathered: T): T => {
    rows.forEach((row, index) => {
      gathered.set(source.subarray(offsets[row], offsets[row + 1]), chosen[index]);
    });
    return gathered;
  };
  return {
    ids: gatherEntries(ids, emptyLike(ids, entries)),
    offsets: chosen,
    labels: gather(labels, rows),
    counts: counts && gatherEntries(counts, new Int32Array(entries)),
  };
}

/** Makes no copy where arrays lie behind each other already, as those of a cached data set do. */
function joinIds(ids: readonly FeatureIds[], length: number): FeatureIds {
  const [first] = ids;
  if (first === undefined || !areAdjacent(ids)) return concatenate(ids, emptyLike(first, length));
  const { buffer, byteOffset } = first;
  return first instanceof Uint16Array
    ? new Uint16Array(buffer, byteOffset, length)
    : new Int32Array(buffer, byteOffset, length);
}

function areAdjacent(arrays: readonly FeatureIds[]): boolean {
  return arrays.every((array, index) => {
    const before = arrays[index - 1];
    if (before === undefined) return true;
    const isOfOneKind = array.BYTES_PER_ELEMENT === before.BYTES_PER_ELEMENT;
    const end = before.byteOffset + before.byteLength;
    return isOfOneKind && array.buffer === before.buffer && array.byteOffset === end;
  });
}

/** Makes `length` zeros of the kind of `array`. */
function emptyLike(array: FeatureIds | undefined, length: number): FeatureIds {
  return array instanceof Uint16Array ? new Uint16Array(length) : new Int32Array(length);
}
