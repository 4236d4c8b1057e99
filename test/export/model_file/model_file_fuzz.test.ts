import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { modelFileMagic, readModelFile } from '../../../src/portable/model_file.js';
import { PortableClassifier } from '../../../src/portable/portable_classifier.js';
import { readSections, writeSections, type SectionArray } from '../../../src/storage/sections.js';
import { fileOf, modelOf } from './helpers.js';

const words = ['a', 'b', 'c', 'd', 'a b', 'b c', 'c d', 'a b c', 'b c d', 'a b c d', '~^a', '~ab', '~b$'];
const parts = modelOf({
  words,
  hidden: 2,
  features: { weighting: 'idf', normalize: true, characters: [2, 3] },
});
const original = fileOf(parts, 'int8', (word) => word !== 'b c' && word !== 'd').bytes;
const refusal = { code: 'ERR_RUN', exitCode: 4 };

/** What a reading gives: the answers to a text, or nothing where it is refused as it is to be. */
function answerOf(bytes: Uint8Array): unknown {
  let read;
  try {
    read = readModelFile(bytes);
  } catch (error) {
    expect(error).toMatchObject(refusal);
    return null;
  }
  const classifier = new PortableClassifier(read);
  const { names } = classifier;
  return [classifier.predict(['a b c d', 'b c']), Array.from({ length: names?.size ?? 0 }, (_, id) => names?.word(id))];
}

const mutation = fc.record({
  // The header, where a change means most, as often as all the rest.
  at: fc.oneof(fc.nat(original.length), fc.nat(1200)),
  remove: fc.nat(8),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom('"', '{', '}', '[', ']', ',', '0', '9', '-', '.', 'e', ' ', ':').map((text) => Buffer.from(text)),
  ),
});

test('when a file is damaged then it is refused, or read as it was', () => {
  const whole = answerOf(original);
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const damaged = mutations.reduce<Buffer>(
        (bytes, { at, remove, insert }) => Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]),
        Buffer.from(original),
      );
      const answer = answerOf(damaged);
      if (answer !== null) expect(answer).toEqual(whole);
    }),
    { numRuns: 1000 },
  );
});

test('when a file ends too early or too late then it is refused', () => {
  for (let length = 0; length < original.length; length += 7) expect(answerOf(original.subarray(0, length))).toBeNull();
  expect(answerOf(Buffer.concat([original, Buffer.alloc(8)]))).toBeNull();
});

type Sections = Record<string, SectionArray>;
type Header = Record<string, unknown>;

/** A file whose checksums are right, and whose contents are not. */
function changed(change: (sections: Sections, header: Header) => unknown, bytes = original): Uint8Array {
  const { header, sections } = readSections(bytes, modelFileMagic, { refuse: (fault) => new Error(fault) });
  const [own, document] = [Object.fromEntries(sections), { ...header }];
  change(own, document);
  return writeSections(modelFileMagic, document, own);
}

test('when sections have any other numbers under right checksums then nothing but a refusal or an answer comes', () => {
  const names = [...readSections(original, modelFileMagic, { refuse: (fault) => new Error(fault) }).sections.keys()];
  const drawn = fc.record({
    name: fc.constantFrom(...names),
    at: fc.nat(40),
    value: fc.oneof(fc.nat(255), fc.constantFrom(NaN, Infinity, 1e308)),
    length: fc.integer({ min: -2, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 1, maxLength: 3 }), (changes) => {
      const file = changed((sections) => {
        for (const { name, at, value, length } of changes) {
          const before = sections[name] as Uint8Array;
          const after = new (before.constructor as Uint8ArrayConstructor)(Math.max(before.length + length, 0));
          after.set(before.subarray(0, after.length));
          if (after.length > 0) after[at % after.length] = value;
          sections[name] = after;
        }
      });
      try {
        answerOf(file);
      } catch (error) {
        // Numbers that are finite may add up to one that is not.
        expect(error).toMatchObject({ code: 'ERR_NON_FINITE' });
      }
    }),
    { numRuns: 1000 },
  );
});

function described(features: object): object {
  return { ...parts.description, features: { ...parts.description.features, ...features } };
}

function calibrated(calibration: object): object {
  return { ...parts.description, calibration };
}

test.each<[string, (sections: Sections, header: Header) => unknown]>([
  ['has no features', (_, header) => (header.features = 0)],
  ['has more features than nodes', (_, header) => (header.features = 1e9)],
  ['has one feature less', (_, header) => (header.features = words.length - 3)],
  ['has longer features', (_, header) => (header.longest = 5)],
  ['has longer features than it describes', (_, header) => (header.model = described({ ngrams: 3 }))],
  ['has features of less than a token', (_, header) => (header.model = described({ ngrams: -5 }))],
  ['has features of half a token', (_, header) => (header.model = described({ ngrams: 4.5 }))],
  ['has features of any number of tokens', (_, header) => (header.model = described({ ngrams: 1e9 }))],
  ['is of another precision', (_, header) => (header.precision = 'float32')],
  ['is of no precision', (_, header) => (header.precision = 'int4')],
  ['is of another form of the loss', (_, header) => (header.loss = 'squares')],
  ['has no scale', (_, header) => (header.scales = [])],
  ['has a scale that is no number', (_, header) => (header.scales = ['1', '1'])],
  ['has no factors', (_, header) => (header.factors = [])],
  ['has a factor below 0', (_, header) => (header.factors = Array.from({ length: 256 }, () => -1))],
  ['has an unknown word', (_, header) => (header.unknown = '<UNK>')],
  ['describes no model', (_, header) => (header.model = { schema: 1 })],
  ['has a class twice', (_, header) => (header.model = { ...parts.description, classes: ['a', 'a'] })],
  ['has three classes of two', (_, header) => (header.model = { ...parts.description, classes: ['a', 'b', 'c'] })],
  ['has features of another tokenizer', (_, header) => (header.model = described({ tokenizer: 'other' }))],
  ['has features of any number of characters', (_, header) => (header.model = described({ characters: [2, 1e9] }))],
  ['has characters the wrong way round', (_, header) => (header.model = described({ characters: [3, 2] }))],
  [
    'has an offset too many',
    (_, header) => (header.model = { ...parts.description, decision: { offsets: [0, 1, 2] } }),
  ],
  [
    'has an offset that is no number',
    (_, header) => (header.model = { ...parts.description, decision: { offsets: [0, '1'] } }),
  ],
  ['is calibrated by a text', (_, header) => (header.model = calibrated({ kind: 'temperature', temperature: '2' }))],
  ['is calibrated by 0', (_, header) => (header.model = calibrated({ kind: 'temperature', temperature: 0 }))],
  ['is calibrated by nothing', (_, header) => (header.model = calibrated({ kind: 'sigmoid', scale: 1 }))],
  ['is calibrated otherwise', (_, header) => (header.model = calibrated({ kind: 'isotonic' }))],
  ['has no tokens', (sections) => (sections['tokens.rest'] = new Uint8Array(0))],
  ['has a token twice', (sections) => (sections['tokens.rest'] = Buffer.from('a\na\nc\nd\n'))],
  ['has an empty token', (sections) => (sections['tokens.rest'] = Buffer.from('a\n\nc\nd\n'))],
  ['has a token with a blank', (sections) => (sections['tokens.rest'] = Buffer.from('a\nb c\nc\nd\n'))],
  ['has a token that is no UTF-8', (sections) => (sections['tokens.rest'] = Buffer.from('a\nb\xe9\nc\nd\n', 'latin1'))],
  [
    'has tokens that are UTF-8 only in a row',
    (sections) => (sections['tokens.rest'] = Buffer.from('a\n\xc3\n\xa9\nd\n', 'latin1')),
  ],
  [
    'has characters that are no UTF-8',
    (sections) => (sections['characters.rest'] = Buffer.from([255, 10, 97, 98, 10, 98, 36, 10])),
  ],
  ['has bytes behind its tokens', (sections) => (sections['tokens.rest'] = Buffer.from('a\nb\nc\nd\ne'))],
  ['shares more than there is', (sections) => (sections['tokens.shared'] = Uint8Array.of(0, 9, 0, 0))],
  ['has no ranks', (sections) => delete sections.ranks2],
  ['has a rank that no child has', (sections) => (sections.ranks2 = Uint8Array.of(9, 9, 9))],
  ['has children without end', (sections) => (sections.children2 = new Uint8Array(12).fill(255))],
  ['has numbers of four bytes', (sections) => (sections.children2 = new Uint8Array(16))],
  ['has a weight that is no number', (sections) => (sections['output.weight'] = new Float64Array(4).fill(NaN))],
  ['has no bias', (sections) => delete sections.bias],
])('when a file %s then it is refused', (_, change) => {
  expect(() => readModelFile(changed(change))).toThrow(expect.objectContaining(refusal));
});

test('when single tokens are no features and nothing else is then the file is refused', () => {
  const single = fileOf(modelOf({ words: ['a', 'b'] })).bytes;
  const file = changed((sections, header) => {
    Object.assign(header, { features: 1 });
    Object.assign(sections, { isFeature: Uint8Array.of(1), weight: Float32Array.of(1) });
  }, single);
  expect(() => readModelFile(file)).toThrow('tokens that are no features');
});
