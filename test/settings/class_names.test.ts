import { expect, test } from '@jest/globals';
import { classNames } from '../../src/settings/list_kinds.js';

test.each([
  ['a,b', ['a', 'b']],
  [' a , b c ', ['a', 'b c']],
  ['"sad, angry",happy', ['sad, angry', 'happy']],
  ['"a ""b""",c', ['a "b"', 'c']],
  ['x"y,z', ['x"y', 'z']],
])('when names of classes are given as %s then they are read as CSV quotes them', (given, names) => {
  expect(classNames.accept(classNames.parse(given))).toEqual(names);
});

test.each(['a', '', 'a,', 'a,,b', 'a,a', '1,1.0', 'True,true', 'a," a"', '"a,b', '"a" b,c'])(
  'when names of classes are given as %s then they are refused',
  (given) => {
    expect(classNames.accept(classNames.parse(given))).toBeUndefined();
  },
);
