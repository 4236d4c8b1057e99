import { Composite, type Cell } from './row_consumer.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong with an object that cannot be read. */
export const noJson = 'is no JSON';

/** Returns the object of a text, or says why there is none. */
export function parseObject(text: string): JsonObject | string {
  const value = parse(text) ?? parse(withoutPythonNumbers(text));
  if (value === undefined) return noJson;
  return isObject(value) ? value : 'is no JSON object';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Puts null where Python writes a number that is none. */
function withoutPythonNumbers(text: string): string {
  if (!/NaN|Infinity/.test(text)) return '';
  return replaceValues(text, '-?\\b(?:NaN|Infinity)\\b', () => 'null');
}

/** Changes what stands outside of strings, in one pass, also where a string has no end. @param pattern of what changes */
function replaceValues(text: string, pattern: string, change: (value: string) => string): string {
  let isInString = false;
  return text.replace(new RegExp(`\\\\[^]|"|${pattern}`, 'g'), (part) => {
    if (part === '"') isInString = !isInString;
    return isInString || /^["\\]/.test(part) ? part : change(part);
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the keys of some objects, and behind them those of the objects in these, as `user.name`. */
export function columnsOf(rows: readonly JsonObject[]): string[] {
  const [names, inner] = [new Set<string>(), new Set<string>()];
  const addInner = (object: JsonObject, prefix: string, depth: number): void => {
    for (const [key, value] of Object.entries(object)) {
      if (depth > 0) inner.add(prefix + key);
      if (isObject(value) && depth < 4) addInner(value, `${prefix}${key}.`, depth + 1);
    }
  };
  for (const row of rows) {
    for (const key of Object.keys(row)) names.add(key);
    addInner(row, '', 0);
  }
  return [...new Set([...names, ...inner])];
}

/** Returns the value of a column; a list of one value is that value. @param text that of the row */
export function cellAt(row: JsonObject, name: string, text: string): Cell {
  const cell = cellNamed(row, name);
  const isCut = typeof cell === 'number' && Number.isInteger(cell) && !Number.isSafeInteger(cell);
  return isCut ? (allDigits(text, name) ?? cell) : cell;
}

function cellNamed(row: JsonObject, name: string): Cell {
  return singleOf(cellOf(fieldOf(row, name)));
}

/** Makes a cell of a value as JSON and Parquet have it. */
export function cellOf(value: unknown): Cell {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return new Composite(`a list of ${value.length} values`, value);
  if (isObject(value)) return new Composite('an object', value);
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? (value as Cell) : null;
}

/** Takes a list of one value for that value, and an empty one for none. */
export function singleOf(cell: Cell): Cell {
  const isSingle = cell instanceof Composite && Array.isArray(cell.value) && cell.value.length < 2;
  return isSingle ? cellOf((cell.value as unknown[])[0]) : cell;
}

/** Returns what an object has under a name, or under names with points between them. */
export function fieldOf(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const [first = '', ...others] = name.split('.');
  const inner = Object.hasOwn(object, first) ? object[first] : undefined;
  return others.length > 0 && typeof inner === 'object' && inner !== null
    ? fieldOf(inner as JsonObject, others.join('.'))
    : undefined;
}

/** Returns a whole number that has more digits than a `number` keeps. */
function allDigits(text: string, name: string): bigint | null {
  const quoted = replaceValues(text, '-?\\d[-+.eE\\d]*', (value) => (/^-?\d{16,}$/.test(value) ? `"${value}"` : value));
  const row = parseObject(quoted);
  const cell = typeof row === 'string' ? null : cellNamed(row, name);
  return typeof cell === 'string' ? BigInt(cell) : null;
}
