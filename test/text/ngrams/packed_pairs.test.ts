import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { arePackedPairs, packPairs, PairFinder } from '../../../src/text/ngrams/packed_pairs.js';
import { PairTable } from '../../../src/text/ngrams/pair_table.js';

/** Distinct pairs below `most`, of which some have a number in common with others. */
function pairsBelow(most: number, count: number): fc.Arbitrary<[left: number, right: number][]> {
  const number = fc.oneof(fc.nat(most - 1), fc.nat(Math.min(most - 1, 5)), fc.constant(most - 1));
  return fc.uniqueArray(fc.tuple(number, number), { maxLength: count, selector: (pair) => pair.join() });
}

/** The number of a pair, or -1. */
function find(finder: PairFinder, left: number, right: number): number {
  const numbers = Int32Array.of(left, right);
  finder.findNeighbours(numbers, 1);
  return numbers[0] ?? NaN;
}

/** Numbers from a few to as many as there can be. */
const most = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1 << 20, 1 << 24, 1 << 25));
const sample = most.chain((below) => fc.tuple(fc.constant(below), pairsBelow(below, 60), pairsBelow(below, 60)));

test('when pairs are packed then each is found with its number, and no other', () => {
  fc.assert(
    fc.property(sample, ([below, pairs, others]) => {
      const table = new PairTable();
      pairs.forEach(([left, right], number) => table.findOrAdd(left, right, number));
      const packed = packPairs(table.slots, table.size, Math.max(below, pairs.length));
      const finder = new PairFinder(packed);
      const numbers = new Map(pairs.map((pair, number) => [pair.join(), number]));

      expect(arePackedPairs(packed)).toBe(true);
      for (const [left, right] of [...pairs, ...others]) {
        expect(find(finder, left, right)).toBe(numbers.get(`${left},${right}`) ?? -1);
        expect(find(finder, -1, right)).toBe(-1);
        expect(find(finder, left, -1)).toBe(-1);
      }
    }),
    { numRuns: 200 },
  );
});

test('when there are many pairs then none is lost, and little memory is taken', () => {
  const table = new PairTable(1);
  const count = 200_000;
  for (let k = 0; k < count; k += 1) table.findOrAdd(k % 317, Math.floor(k / 317), k);
  const packed = packPairs(table.slots, count, count);
  const finder = new PairFinder(packed);

  const found = Int32Array.from({ length: count }, (_, k) => find(finder, k % 317, Math.floor(k / 317)));
  expect(found).toEqual(Int32Array.from({ length: count }, (_, k) => k));
  for (let k = 0; k < 317; k += 1) expect(find(finder, k, 700)).toBe(-1);
  expect((packed.buckets.byteLength + packed.entries.byteLength) / count).toBeLessThan(11);
});

test('when numbers stand in a row then each becomes that of its pair with the next one', () => {
  const table = new PairTable();
  const random = new PythonRandom(1);
  const row = Array.from({ length: 3000 }, () => random.below(40) - 1);
  row.forEach((left, k) => {
    if (k % 2 === 0 && left >= 0 && (row[k + 1] ?? -1) >= 0) table.findOrAdd(left, row[k + 1] ?? 0, k);
  });
  const finder = new PairFinder(packPairs(table.slots, table.size, 3000));
  const expected = row.map((left, k) => {
    const right = row[k + 1] ?? -1;
    return left < 0 || right < 0 ? -1 : table.find(left, right);
  });
  const numbers = Int32Array.from([...row, -1]);
  finder.findNeighbours(numbers, row.length);

  expect(Array.from(numbers)).toEqual([...expected, -1]);
  expect(new Set(expected).size).toBeGreaterThan(100);
});

test('when a number is in no pair then it is not taken for the greatest one, whose bits are the same', () => {
  const greatest = (1 << 16) - 1;
  const row = Int32Array.from({ length: 2 * greatest + 2 }, (_, k) => (k % 2 === 0 ? -1 : k >> 1));
  for (let right = 0; right < 60; right += 3) {
    const table = new PairTable();
    for (const k of [0, 1, 2]) table.findOrAdd(greatest, right + k, k);
    const numbers = row.slice();
    new PairFinder(packPairs(table.slots, table.size, greatest + 1)).findNeighbours(numbers, numbers.length - 1);
    expect(numbers.subarray(0, -1).every((number) => number === -1)).toBe(true);
  }
});
