import { expect, test } from '@jest/globals';
import { BagWriter } from '../../src/text/bag_writer.js';

test('when ids come in any order then each text has them once, ascending, with how often they came', () => {
  const writer = new BagWriter(70, 3, 8, true);
  for (const id of [69, 3, 33, 3, 3]) writer.add(id);
  writer.endText();
  writer.endText();
  for (const id of [33, 0, 33]) writer.add(id);
  writer.endText();

  const { ids, offsets, counts } = writer.finish();
  expect(Array.from(offsets)).toEqual([0, 3, 3, 5]);
  expect(Array.from(ids)).toEqual([3, 33, 69, 0, 33]);
  expect(Array.from(counts ?? [])).toEqual([3, 1, 1, 1, 2]);
});

test('when ids fill whole words of bits then the highest bit is kept too', () => {
  const writer = new BagWriter(64, 1, 64, false);
  for (let id = 63; id >= 0; id -= 1) writer.add(id);
  writer.endText();

  const { ids, counts } = writer.finish();
  expect(Array.from(ids)).toEqual(Array.from({ length: 64 }, (_, k) => k));
  expect(counts).toBeNull();
});
