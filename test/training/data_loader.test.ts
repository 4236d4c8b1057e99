import { expect, test } from '@jest/globals';
import { Bags, Generator } from '../../src/model/native.js';
import { DataLoader } from '../../src/training/data_loader.js';

const length = 5;

function createBags(): Bags {
  const offsets = Int32Array.from({ length: length + 1 }, (_, index) => index);
  const labels = new Int32Array(length);
  return new Bags({ ids: new Int32Array(length), offsets, labels, vocabularySize: 1 });
}

test('when a shuffled pass begins then it draws a base seed, then the seed of its permutation', () => {
  const loader = new DataLoader({ bags: createBags(), shuffle: true, generator: new Generator(7) });
  const twin = new Generator(7);
  for (let pass = 0; pass < 3; pass++) {
    twin.randomInt64();
    const expected = new Generator(twin.randomInt64()).randperm(length);
    expect([...loader.nextOrder()]).toEqual([...expected]);
  }
});

test('when a pass is skipped then the next one has the order that it has after a whole pass', () => {
  const [one, other] = [new Generator(7), new Generator(7)];
  const bags = createBags();
  const whole = new DataLoader({ bags, shuffle: true, generator: one });
  const skipping = new DataLoader({ bags, shuffle: true, generator: other });
  whole.nextOrder();
  skipping.skipPass();
  expect([...skipping.nextOrder()]).toEqual([...whole.nextOrder()]);
});

test('when a pass is not shuffled then it keeps the order and draws the base seed alone', () => {
  const [generator, twin] = [new Generator(7), new Generator(7)];
  const loader = new DataLoader({ bags: createBags(), shuffle: false, generator });
  expect([...loader.nextOrder()]).toEqual([0, 1, 2, 3, 4]);
  twin.randomInt64();
  expect(generator.randomInt64()).toBe(twin.randomInt64());
});
