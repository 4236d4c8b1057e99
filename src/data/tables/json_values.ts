import type { Cell } from './row_consumer.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns the object of a text, or says why there is none. */
export function parseObject(text: string): JsonObject | string {
  const value = parse(text) ?? parse(withoutPythonNumbers(text));
  if (value === undefined) return 'is no JSON';
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
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
    part.startsWith('"') ? part : 'null',
  );
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

/** Returns the value of a column as a cell, or why there is none in an object. */
export function cellAt(row: JsonObject, name: string, text: string): { cell: Cell } | { why: string } {
  const found = Object.hasOwn(row, name) ? row[name] : valueAt(row, name.split('.'));
  const value: unknown = Array.isArray(found) && found.length < 2 ? found[0] : found;
  if (Array.isArray(value)) return { why: `has a list of ${value.length} values as ${JSON.stringify(name)}` };
  if (isObject(value)) return { why: `has an object as ${JSON.stringify(name)}` };
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { cell: allDigits(text, name) ?? value };
  }
  return { cell: typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null };
}

function valueAt(row: JsonObject, [key = '', ...others]: readonly string[]): unknown {
  const value = Object.hasOwn(row, key) ? row[key] : null;
  return others.length === 0 ? value : isObject(value) ? valueAt(value, others) : null;
}

/** Returns a whole number that has more digits than a `number` keeps. */
function allDigits(text: string, name: string): bigint | null {
  const key = JSON.stringify(name.slice(name.lastIndexOf('.') + 1)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const [, digits] = new RegExp(`${key}\\s*:\\s*\\[?\\s*(-?\\d+)\\s*[,}\\]]`).exec(text) ?? [];
  return digits === undefined ? null : BigInt(digits);
}
