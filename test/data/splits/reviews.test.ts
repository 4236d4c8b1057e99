import { expect, test } from '@jest/globals';
import { joinReviews, selectReviews, type Reviews } from '../../../src/data/splits/reviews.js';

function reviewsOf(bags: readonly (readonly number[])[], groups?: readonly number[]): Reviews {
  const offsets = [0];
  for (const bag of bags) offsets.push((offsets.at(-1) ?? 0) + bag.length);
  const ids = bags.flat();
  return {
    ids: Int32Array.from(ids),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(bags, (_, index) => index % 2),
    counts: Int32Array.from(ids, (id) => id + 100),
    ...(groups && { groups: Int32Array.from(groups) }),
  };
}

/** Ids, counts and label of each review. */
function listOf({ ids, offsets, labels, counts }: Reviews): unknown[] {
  return Array.from(labels, (label, row) => {
    const [start, end] = [offsets[row], offsets[row + 1]];
    return { ids: [...ids.subarray(start, end)], counts: [...(counts?.subarray(start, end) ?? [])], label };
  });
}

const one = reviewsOf([[1, 5], [], [2]], [7, 8, 7]);
const other = reviewsOf([[3], [0, 4, 9]], [9, 8]);

test('when splits are joined then their reviews follow each other', () => {
  const joined = joinReviews([one, other]);
  expect(listOf(joined)).toEqual([...listOf(one), ...listOf(other)]);
  expect(joined.groups).toEqual(Int32Array.of(7, 8, 7, 9, 8));
  const plain = joinReviews([{ ...one, counts: null }, reviewsOf([[1]])].map((part) => ({ ...part, counts: null })));
  expect(plain.counts).toBeNull();
  expect(plain.groups).toBeUndefined();
});

test.each([Int32Array, Uint16Array])(
  'when the ids of splits lie behind each other in memory then joined ones are the same memory, else a copy (%p)',
  (Ids) => {
    const memory = Ids.from([...one.ids, ...other.ids, 7, 7]);
    const split = (reviews: Reviews, start: number): Reviews => ({
      ...reviews,
      ids: memory.subarray(start, start + reviews.ids.length),
    });
    const together = [...one.ids, ...other.ids];
    const joined = joinReviews([split(one, 0), split(other, one.ids.length)]);
    expect(joined.ids).toEqual(Ids.from(together));
    expect(joined.ids.buffer).toBe(memory.buffer);
    const apart = joinReviews([split(one, 0), split(other, one.ids.length + 1)]);
    expect(apart.ids).toEqual(Ids.from([...one.ids, ...memory.subarray(4, 4 + other.ids.length)]));
    expect(apart.ids.buffer).not.toBe(memory.buffer);
    const elsewhere = joinReviews([split(one, 0), { ...other, ids: Ids.from(other.ids) }]);
    expect(elsewhere.ids).toEqual(Ids.from(together));
  },
);

test('when ids of two kinds lie behind each other in memory then joined ones are a copy', () => {
  const memory = new ArrayBuffer(32);
  const ids = [new Int32Array(memory, 0, 3), new Uint16Array(memory, 12, 4)] as const;
  ids[0].set(one.ids);
  ids[1].set(other.ids);
  const joined = joinReviews([
    { ...one, ids: ids[0] },
    { ...other, ids: ids[1] },
  ]);
  expect(joined.ids).toEqual(Int32Array.of(...one.ids, ...other.ids));
});

test('when reviews are selected then they come in the order asked for', () => {
  const all = joinReviews([one, other]);
  const list = listOf(all);
  expect(listOf(selectReviews(all, Int32Array.of(4, 0, 1)))).toEqual([list[4], list[0], list[1]]);
});
