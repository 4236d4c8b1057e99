import { carriageReturn, lineFeed } from '../../system/text_encoding.js';

/** Texts have commas, but so many lines in a row with the same number of them are none. */
const fewestLinesWithCommas = 10;
const fewestLines = 4;
/** One line of so many may be another. */
const linesPerException = 50;

/**
 * Tells whether each line of a record looks like a row, so that its quote is a stray one, and the next quote of the file
 * closes it by chance.
 * @param delimiters the number of them in a row
 */
export function looksSwallowed(record: Buffer, delimiter: string, delimiters: number): boolean {
  const code = delimiter.codePointAt(0);
  if (delimiters === 0 || code === undefined) return false;
  let [lines, others, found, isBlank] = [0, 0, 0, true];
  const endLine = (): void => {
    if (isBlank) return;
    lines += 1;
    if (found !== delimiters) others += 1;
    [found, isBlank] = [0, true];
  };
  for (const byte of record) {
    if (byte === lineFeed || byte === carriageReturn) {
      endLine();
    } else {
      if (byte === code) found += 1;
      isBlank &&= byte <= 0x20 || byte === code;
    }
  }
  endLine();
  return lines >= (delimiter === ',' ? fewestLinesWithCommas : fewestLines) && others * linesPerException <= lines;
}
