import { expect, test } from '@jest/globals';
import { inPlanes } from '../../../src/export/model_file/numbers/coding.js';

test('when numbers take up to three bytes then each byte of all is written in turn, else they are refused', () => {
  expect(inPlanes(Int32Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
  expect(inPlanes(Int32Array.of(1, 256))).toEqual(Uint8Array.of(1, 0, 0, 1));
  expect(inPlanes(Int32Array.of(2 ** 24 - 1, 2))).toEqual(Uint8Array.of(255, 2, 255, 0, 255, 0));
  expect(() => inPlanes(Int32Array.of(1, 2 ** 24))).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining('16777216') }),
  );
});
