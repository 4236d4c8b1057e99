import { expect, test } from '@jest/globals';
import { notebookDescription, parseModelDescription } from '../../src/storage/model_description.js';

const description = notebookDescription(20_000, 200);

function problemOf(document: object): string {
  try {
    parseModelDescription('model.json', JSON.stringify(document));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_RUN' });
    return (error as Error).message;
  }
  return '';
}

test('when a description is whole then it is read as it was written', () => {
  const sigmoid = { ...description, calibration: { kind: 'sigmoid', scale: 2, bias: 0.1 }, base: 'abc' };
  const decided = { ...description, decision: { offsets: [0, 1.5] } };
  for (const document of [description, sigmoid, decided]) {
    expect(parseModelDescription('model.json', JSON.stringify(document))).toEqual(document);
  }
});

const { features } = description;
test.each<[string, object, RegExp]>([
  ['a future schema', { schema: 2 }, /"schema" 1 in model\.json/],
  ['one class', { classes: ['pos'], output: 1 }, /two or more different "classes"/],
  ['a class twice', { classes: ['pos', 'pos'] }, /two or more different "classes"/],
  ['another number of outputs', { output: 3 }, /"output" to be the number of classes/],
  ['half a hidden unit', { hidden: 0.5 }, /a whole number as "hidden"/],
  ['an unknown tokenizer', { features: { ...features, tokenizer: 'bpe' } }, /known "features"/],
  ['an endless gain', { features: { ...features, gain: null } }, /known "features"/],
  ['a temperature of 0', { calibration: { kind: 'temperature', temperature: 0 } }, /known "calibration"/],
  [
    'a sigmoid for three classes',
    { classes: ['a', 'b', 'c'], output: 3, calibration: { kind: 'sigmoid', scale: 1, bias: 0 } },
    /known "calibration"/,
  ],
  [
    'a decision for three classes',
    { decision: { offsets: [0, 0, 1] } },
    /a "decision" with a finite offset for each class/,
  ],
  ['an endless offset', { decision: { offsets: [0, null] } }, /a "decision" with a finite offset/],
  ['a base that is no text', { base: 5 }, /a text as "base"/],
])('when a description has %s then the error names the field', (_, change, message) => {
  expect(problemOf({ ...description, ...change })).toMatch(message);
});

test('when several fields are wrong then all are named', () => {
  expect(problemOf({ ...description, schema: 3, hidden: -1 })).toMatch(/"schema" 1, a whole number as "hidden"/);
});

test.each(['', '[]', 'null', '{'])('when it is %j then it is refused', (text) => {
  expect(() => parseModelDescription('model.json', text)).toThrow(/a JSON object in model\.json/);
});
