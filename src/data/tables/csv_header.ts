import { ImdbTorchError } from '../../errors.js';
import { isUsualTextName, listNames } from './columns.js';

type Records = readonly (readonly string[])[];

/**
 * Tells whether the first record is a row like the others rather than the names of columns: a value of it comes again
 * in its column. With a usual name among them they are names, as whole numbers alone are, which pandas writes.
 */
export function looksLikeRows([first = [], ...others]: Records): boolean {
  if (first.some(isUsualTextName) || first.every((cell) => /^\d*$/.test(cell))) return false;
  return first.some(
    (cell, column) =>
      cell.trim() !== '' &&
      others.some((row) => row[column] === cell && row.some((other, index) => other !== first[index])),
  );
}

export function noNames(records: Records, path: string): ImdbTorchError {
  const [first = []] = records;
  const columns = first.map((_, column) => records.map((row) => row[column] ?? ''));
  const lengths = columns.map((cells) => cells.reduce((sum, { length }) => sum + length, 0));
  const distinct = columns.map((cells) => new Set(cells).size);
  const text = lengths.indexOf(Math.max(...lengths));
  const label = distinct.indexOf(Math.min(...distinct.filter((_, column) => column !== text)));
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected names of columns in the first line of ${path} but it looks like a row (${listNames(first)}); give the ` +
      `option header false and the numbers of the columns, such as ${text + 1} as the option textColumn ` +
      `and ${label + 1} as the option labelColumn.`,
  );
}
