import { ImdbTorchError } from '../../errors.js';
import { readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { withoutByteOrderMark } from './format.js';

/** A row of this size is none, but the sign of another format. */
export const mostRecordBytes = 1 << 24;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Hands the lines of a file that are not blank to `take`, without their ends, with their numbers from 1. A line is only
 * valid during the call.
 * @throws as readContent; ImdbTorchError ERR_DATASET for a line without end
 */
export async function readLines(
  file: SourceFile,
  options: ReadOptions,
  take: (line: Buffer, number: number) => void,
): Promise<void> {
  let rest = Buffer.alloc(0);
  let number = 0;
  const takeLine = (line: Buffer): void => {
    number += 1;
    const text = number === 1 ? withoutByteOrderMark(line) : line;
    const trimmed = text.at(-1) === carriageReturn ? text.subarray(0, -1) : text;
    if (trimmed.some((byte) => byte > 0x20)) take(trimmed, number);
  };
  await readContent(file, options, (piece) => {
    let start = 0;
    for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, start)) {
      const line = piece.subarray(start, end);
      takeLine(rest.length === 0 ? line : Buffer.concat([rest, line]));
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    rest = Buffer.concat([rest, piece.subarray(start)]);
    if (rest.length > mostRecordBytes) throw tooLong(file.path, number + 1);
  });
  if (rest.length > 0) takeLine(rest);
}

function tooLong(path: string, line: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected lines shorter than ${mostRecordBytes} bytes but line ${line} of ${path} is longer; give a file of lines.`,
  );
}
