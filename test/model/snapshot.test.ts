import { expect, test } from '@jest/globals';
import { Generator, Linear, Tensor } from '../../src/model/native.js';
import { Snapshot } from '../../src/model/snapshot.js';

test('when parameters have been overwritten then the snapshot brings them back, as often as it is asked', () => {
  const { weight, bias } = new Linear({ inFeatures: 3, outFeatures: 2, generator: new Generator(1) });
  const before = [weight, bias].map((tensor) => tensor.toTypedArray());
  const snapshot = new Snapshot([weight, bias]);
  for (let round = 0; round < 2; round += 1) {
    weight.copy_(Tensor.ones([2, 3]));
    bias.copy_(Tensor.ones([2]));
    snapshot.restore();
    expect([weight, bias].map((tensor) => tensor.toTypedArray())).toEqual(before);
  }
  expect([weight.requiresGrad, bias.requiresGrad]).toEqual([true, true]);
  snapshot.dispose();
});
