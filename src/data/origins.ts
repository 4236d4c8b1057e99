import { anObject, fields, int32Array, kind, orNull } from '../arguments.js';
import { gather } from './numbers/gather.js';

/** The file that reviews were read from, and what is counted in it. */
export interface TableFile {
  readonly name: string;
  readonly unit: 'line' | 'row';
}

/** The origins of the reviews of a split, compact since there may be millions. */
export interface Origins {
  /** The file that has all of them; null where each review has a file of its own. */
  readonly table: TableFile | null;
  /** `[reviews]`: the line or row of each review in `table`, from 1; empty without one. */
  readonly numbers: Int32Array;
  /** The files' paths within the data set in UTF-8, each ended by a zero byte; empty with `table`. */
  readonly paths: Uint8Array;
}

export const checkOrigins = fields({
  table: orNull(anObject),
  numbers: int32Array,
  paths: kind('bytes', (value) => value instanceof Uint8Array),
});

/** Makes origins of reviews that have files of their own. */
export function fileOrigins(paths: readonly string[]): Origins {
  const text = paths.map((path) => `${path}\0`).join('');
  return { table: null, numbers: new Int32Array(0), paths: Buffer.from(text) };
}

/** Makes origins of reviews that are lines or rows of one file. */
export function rowOrigins(table: TableFile, numbers: Int32Array): Origins {
  return { table, numbers, paths: new Uint8Array(0) };
}

/** Takes the origins of the reviews `order`, in that order. */
export function pickOrigins(origins: Origins, order: Int32Array): Origins {
  const { table, numbers } = origins;
  if (table !== null) {
    return rowOrigins(table, gather(numbers, order));
  }
  const paths = pathsOf(origins);
  return fileOrigins(Array.from(order, (index) => paths[index] ?? ''));
}

/** Names origins for people: `train/pos/7_9.txt`, `reviews.csv line 12`. */
export function originNames(origins: Origins): (review: number) => string {
  checkOrigins(origins, 'origins');
  const { table, numbers } = origins;
  if (table !== null) return (review) => originName(table, numbers[review] ?? 0);
  const paths = pathsOf(origins);
  return (review) => paths[review] ?? '';
}

export function originName({ name, unit }: TableFile, number: number): string {
  return `${name} ${unit} ${number}`;
}

function pathsOf({ paths }: Origins): string[] {
  return Buffer.from(paths.buffer, paths.byteOffset, paths.byteLength).toString('utf8').split('\0').slice(0, -1);
}
