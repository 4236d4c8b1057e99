import { expect, test } from '@jest/globals';
import { classWeights } from '../../src/settings/list_kinds.js';

test.each([
  ['none', 'none'],
  ['balanced', 'balanced'],
  ['bad=2', { bad: 2 }],
  [' bad = 2 , 5 stars=.5', { bad: 2, '5 stars': 0.5 }],
  ['"a,b"=1,"x=""y"""=3e1', { 'a,b': 1, 'x="y"': 30 }],
  // As labels are spelt in files.
  ['1.0=4', { 1: 4 }],
])('when %j is given then it is %j', (given, expected) => {
  expect(classWeights.accept(classWeights.parse(given))).toEqual(expected);
});

test.each(['', 'bad', 'bad=', '=1', 'bad=0', 'bad=-1', 'bad=x', 'bad=1,', 'bad=1,,good=2', 'bad=1,bad=2', 'Balanced'])(
  'when %j is given then it is refused',
  (given) => {
    expect(classWeights.accept(classWeights.parse(given))).toBeUndefined();
  },
);

test.each([{}, [], [1], null, 1, { bad: '1' }, { bad: 0 }])('when a file has %j then it is refused', (given) => {
  expect(classWeights.accept(given)).toBeUndefined();
});
