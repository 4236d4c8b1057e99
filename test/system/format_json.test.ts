import { expect, test } from '@jest/globals';
import { formatJson } from '../../src/system/format_json.js';

test('when a document is written then it reads as it was, with lists of numbers in one line', () => {
  const document = {
    text: 'a [\n 1,\n 2 ] "quoted" \u2028',
    matrix: [
      [1, -2.5e-7],
      [null, NaN],
    ],
    mixed: [1, 'two', { three: [] }],
    empty: {},
    left: undefined,
    no: null,
    yes: true,
  };
  const text = formatJson(document);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  expect(text).toContain('"matrix": [\n    [1,-2.5e-7],\n    [null,null]\n  ]');
  expect(formatJson({ a: { b: ['c'] } })).toBe(JSON.stringify({ a: { b: ['c'] } }, null, 2));
});
