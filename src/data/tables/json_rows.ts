import { isUtf8 } from 'node:buffer';
import { readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { JsonDocument } from './json_document.js';
import { cellAt, columnsOf, noJson, parseObject, type JsonObject } from './json_values.js';
import { readLines } from './line_reader.js';
import type { RowConsumer } from './row_consumer.js';

/** The number of rows whose keys are the names of the columns. */
const rowsWithNames = 100;
const triedLines = 20;

/**
 * Reads JSON Lines, one object per line, or a document with an array of objects, or objects over several lines.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readJson(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  const rows = new JsonRows(consumer);
  const text = file.head.toString('utf8');
  const prefix = arrayPrefix(text);
  if (hasObjectPerLine(text, prefix !== null)) {
    await readLines(file, options, {
      take: (line, number) => {
        rows.object(number, line);
      },
      bad: (number, why) => {
        rows.bad(number, why);
      },
    });
  } else {
    const document = new JsonDocument(file.path, Buffer.byteLength(prefix ?? ''), rows);
    await readContent(file, options, (piece) => {
      document.push(piece);
    });
    document.end();
  }
  rows.end();
}

/** Returns the beginning of an object that has an array of objects as a value, up to these: `{"version": 1, "data": [`. */
function arrayPrefix(text: string): string | null {
  const key = '"(?:[^"\\\\\\n]|\\\\.)*"';
  const plain = `(?:${key}|[-+.\\w]+)`;
  const first = `^\\s*\\{\\s*(?:${key}\\s*:\\s*${plain}\\s*,\\s*)*`;
  const usual = '"(?:data|rows|examples|records|items|results|reviews|documents|train|test|validation)"';
  const found = new RegExp(`^\\s*\\{\\s*${key}\\s*:\\s*\\[(?=\\s*\\{)|${first}${usual}\\s*:\\s*\\[(?=\\s*\\{)`).exec(
    text,
  );
  return found?.[0] ?? null;
}

/** Says whether JSON has an object on each line. @param text its beginning */
export function isJsonLines(text: string): boolean {
  return hasObjectPerLine(text, arrayPrefix(text) !== null);
}

/** Returns the object of a line, or says why there is none. */
export function parseLine(line: string): JsonObject | string {
  return parseObject(withoutComma(line));
}

/** @param beginsArray says whether an array of objects may begin in the first one */
function hasObjectPerLine(text: string, beginsArray: boolean): boolean {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (isObjectLine(first)) return !beginsArray || lines.length > 1;
  if (beginsArray || first.trimStart().startsWith('[')) return false;
  // The last one may be cut.
  const tried = lines.slice(0, Math.max(1, Math.min(lines.length - 1, triedLines)));
  return tried.filter(isObjectLine).length * 2 >= tried.length;
}

function isObjectLine(line: string): boolean {
  return typeof parseLine(line) !== 'string';
}

function withoutComma(line: string): string {
  const trimmed = line.trimEnd();
  return trimmed.endsWith(',') ? trimmed.slice(0, -1) : line;
}

/** Turns objects into rows, as soon as the first have told the names of the columns. */
class JsonRows {
  #columns: readonly string[] | null = null;
  #waiting: { number: number; row: JsonObject | string; text: string }[] = [];

  constructor(readonly consumer: RowConsumer) {}

  object(number: number, bytes: Buffer): boolean {
    const text = withoutComma(bytes.toString('utf8'));
    const row = isUtf8(bytes) ? parseObject(text) : 'is not UTF-8';
    this.#take(number, row, text);
    return row !== noJson;
  }

  bad(number: number, why: string): void {
    this.#take(number, why, '');
  }

  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const rows = waiting.flatMap(({ row }) => (typeof row === 'string' ? [] : [row]));
    if (rows.length > 0) this.#columns ??= this.consumer.choose(columnsOf(rows));
    for (const { number, row, text } of waiting) this.#hand(number, row, text);
  }

  #take(number: number, row: JsonObject | string, text: string): void {
    if (this.#columns !== null) {
      this.#hand(number, row, text);
    } else {
      this.#waiting.push({ number, row, text });
      if (this.#waiting.length === rowsWithNames) this.end();
    }
  }

  #hand(number: number, row: JsonObject | string, text: string): void {
    if (typeof row === 'string') {
      this.consumer.bad(number, row);
      return;
    }
    this.consumer.row(
      number,
      (this.#columns ?? []).map((name) => cellAt(row, name, text)),
    );
  }
}
