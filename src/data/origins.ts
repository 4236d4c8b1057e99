import { anObject, fields, int32Array, kind, listOf } from '../arguments.js';
import { gather, joinNumbers } from './numbers/gather.js';

/** A file that reviews were read from, and what is counted in it. */
export interface TableFile {
  readonly name: string;
  readonly unit: 'line' | 'row';
}

/** One of the tables that the reviews of a split were read from. */
export interface NumberedTable extends TableFile {
  /** Is taken from a number of `Origins` to get the line or row in this table, from 1. */
  readonly start: number;
}

/** The origins of the reviews of a split, compact since there may be millions. */
export interface Origins {
  /** The tables that have the reviews, by ascending `start`; empty where each review has a file of its own. */
  readonly tables: readonly NumberedTable[];
  /** `[reviews]`: the line or row of each review, counted on from table to table; empty without tables. */
  readonly numbers: Int32Array;
  /** The files' paths within the data set in UTF-8, each ended by a zero byte; empty with tables. */
  readonly paths: Uint8Array;
}

export const checkOrigins = fields({
  tables: listOf(anObject),
  numbers: int32Array,
  paths: kind('bytes', (value) => value instanceof Uint8Array),
});

/** Makes origins of reviews that have files of their own. */
export function fileOrigins(paths: readonly string[]): Origins {
  const text = paths.map((path) => `${path}\0`).join('');
  return { tables: [], numbers: new Int32Array(0), paths: Buffer.from(text) };
}

/** Makes origins of reviews that are lines or rows of files. */
export function rowOrigins(tables: readonly NumberedTable[], numbers: Int32Array): Origins {
  return { tables, numbers, paths: new Uint8Array(0) };
}

/** Takes the origins of the reviews `order`, in that order. */
export function pickOrigins(origins: Origins, order: Int32Array): Origins {
  const { tables, numbers } = origins;
  if (tables.length > 0) return rowOrigins(tables, gather(numbers, order));
  const paths = pathsOf(origins);
  return fileOrigins(Array.from(order, (index) => paths[index] ?? ''));
}

/** Joins the origins of several splits, one behind the other; all of reviews in tables, or all of such in own files. */
export function joinOrigins(parts: readonly Origins[]): Origins {
  let last = 0;
  const moved = parts.map(({ tables, numbers }) => {
    const before = last;
    const own = numbers.map((number) => number + before);
    last = own.reduce((most, number) => Math.max(most, number), before);
    return { tables: tables.map((table) => ({ ...table, start: table.start + before })), numbers: own };
  });
  const tables = moved.flatMap((part) => part.tables);
  if (tables.length > 0) return rowOrigins(tables, joinNumbers(moved.map(({ numbers }) => numbers)));
  return fileOrigins(parts.flatMap(pathsOf));
}

/** Where a review is. */
export interface Place {
  readonly file: string;
  /** The line or row in the file, from 1; null for a review that has a file of its own. */
  readonly line: number | null;
}

/** Finds the places of reviews. */
export function originPlaces(origins: Origins): (review: number) => Place {
  const { tables, numbers } = origins;
  if (tables.length === 0) {
    const paths = pathsOf(origins);
    return (review) => ({ file: paths[review] ?? '', line: null });
  }
  return (review) => {
    const number = numbers[review] ?? 0;
    const table = tableOf(tables, number);
    return { file: table?.name ?? '', line: number - (table?.start ?? 0) };
  };
}

/** Names origins for people: `train/pos/7_9.txt`, `reviews.csv line 12`. */
export function originNames(origins: Origins): (review: number) => string {
  checkOrigins(origins, 'origins');
  const { tables, numbers } = origins;
  if (tables.length > 0) return (review) => nameOf(tables, numbers[review] ?? 0);
  const paths = pathsOf(origins);
  return (review) => paths[review] ?? '';
}

export function originName({ name, unit }: TableFile, number: number): string {
  return `${name} ${unit} ${number}`;
}

function nameOf(tables: readonly NumberedTable[], number: number): string {
  const table = tableOf(tables, number);
  return table === undefined ? '' : originName(table, number - table.start);
}

function tableOf(tables: readonly NumberedTable[], number: number): NumberedTable | undefined {
  let [first, end] = [0, tables.length];
  while (end - first > 1) {
    const middle = (first + end) >> 1;
    if ((tables[middle]?.start ?? 0) < number) first = middle;
    else end = middle;
  }
  return tables[first];
}

function pathsOf({ paths }: Origins): string[] {
  return Buffer.from(paths.buffer, paths.byteOffset, paths.byteLength).toString('utf8').split('\0').slice(0, -1);
}
