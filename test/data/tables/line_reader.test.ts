import { expect, test } from '@jest/globals';
import { LineSplitter } from '../../../src/data/tables/line_reader.js';

test('when lines end with LF, CR or CRLF then they are numbered, whatever the pieces are, and long ones left out', () => {
  const text = `\ufeffone\r\ntwo\rthree\n\r\n \n\ufeffsix\r\r\n${'x'.repeat(30)}\r\nnine`;
  for (let size = 1; size < 60; size++) {
    const found: [number, string][] = [];
    const splitter = new LineSplitter(
      {
        take: (line, number) => found.push([number, line.toString()]),
        bad: (number, why) => found.push([number, why]),
      },
      20,
    );
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
    splitter.end();
    const expected = [
      ...[
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
        [6, 'six'],
      ],
      ...[
        [8, 'is longer than 20 bytes'],
        [9, 'nine'],
      ],
    ];
    expect({ size, found }).toEqual({ size, found: expected });
  }
});
