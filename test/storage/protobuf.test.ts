/** The bytes are the examples of https://protobuf.dev/programming-guides/encoding, and others by the rules there. */
import { expect, test } from '@jest/globals';
import {
  bytesField,
  doubleField,
  encodeMessage,
  floatField,
  messageField,
  stringField,
  varintField,
  type Fields,
} from '../../src/storage/protobuf.js';

const hex = (fields: Fields): string => Buffer.from(encodeMessage(fields)).toString('hex');

test('when fields are written then their bytes are those of the specification', () => {
  expect(hex(varintField(1, 150))).toBe('089601');
  expect(hex(stringField(2, 'testing'))).toBe('120774657374696e67');
  expect(hex(messageField(3, varintField(1, 150)))).toBe('1a03089601');
  expect(hex(floatField(5, 0.5))).toBe('2d0000003f');
  expect(hex(doubleField(4, -1))).toBe('21000000000000f0bf');
  expect(hex(bytesField(6, Uint8Array.of(0, 255)))).toBe('320200ff');
});

test('when numbers are small, large or of two bytes then they are written whole', () => {
  expect(hex(varintField(1, 0))).toBe('0800');
  expect(hex(varintField(1, 127))).toBe('087f');
  expect(hex(varintField(1, 128))).toBe('088001');
  expect(hex(varintField(1, 2 ** 53 - 1))).toBe('08ffffffffffffff0f');
  // Field numbers from 16 take two bytes.
  expect(hex(varintField(20, 2))).toBe('a00102');
});
