import { createReadStream, fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { ImdbTorchError } from '../../errors.js';
import {
  contentOf,
  inspectStream,
  type OpenedFile,
  type ReadOptions,
  type SourceFile,
} from '../../data/source_file.js';
import { detectFormat, fastTextPrefix, type TableFormat } from '../../data/tables/format.js';
import { isJsonLines } from '../../data/tables/json_rows.js';
import { inputError } from '../../system/file_errors.js';
import { isParquet, isTar } from '../../system/file_kind.js';
import { isUsualTextName } from '../../data/tables/columns.js';
import { columnFlag, type ColumnChoice } from './column_choice.js';
import { JsonLines } from './json_lines.js';
import { readTableTexts } from './table_texts.js';
import { chunkBytes, splitLines, textOf, type TextLine } from './text_lines.js';

type Format = TableFormat | 'lines' | 'json-lines';

/** The number of bytes of a file that tell whether it begins like a table. */
const shownBytes = 1 << 14;

/** What is not known of a stream, and not needed. */
const unknown = { bytes: 0, sha256: '' };

/** The texts that are to be read. */
export interface TextSource extends ColumnChoice {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** `auto`, or the name of an encoding. */
  readonly encoding?: string | undefined;
}

/**
 * Yields the texts of a file or of standard input: with `textColumn` those of a table, without it those of Parquet, JSON
 * objects and fastText lines, else one per line. They are handed on as soon as they arrive; the memory is bounded.
 * @throws ImdbTorchError ERR_DATASET when the file cannot be read; ERR_USAGE (columns); the reason of `signal`
 */
export async function* readTexts(source: TextSource, { signal, onNote }: ReadOptions): AsyncGenerator<TextLine[]> {
  const name = source.file === '-' ? 'standard input' : source.file;
  try {
    const stream = openStream(source.file);
    if (signal !== undefined) addAbortSignal(signal, stream);
    const opened = await inspectStream(stream, name, source.encoding);
    const format = formatOf(opened, source);
    const options = { signal, onNote };
    if (format === 'lines' || format === 'json-lines') yield* readLines(opened, format, source, options);
    else yield* readTableTexts(await asTable(opened, source.file), format, source, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImdbTorchError) throw error;
    throw inputError(name, error);
  }
}

function openStream(file: string): Readable {
  if (file !== '-') return createReadStream(file, { highWaterMark: chunkBytes });
  if (isMainThread) return process.stdin;
  // Other threads have a `process.stdin` that only the main thread can fill.
  const fd = 0;
  if (fstatSync(fd).isFile()) return createReadStream('', { fd, autoClose: false, highWaterMark: chunkBytes });
  return new Socket({ fd, readable: true, writable: false });
}

/** @throws ImdbTorchError ERR_DATASET when it is neither lines nor a table; ERR_USAGE for columns of plain lines */
function formatOf({ head, ...opened }: OpenedFile, choice: ColumnChoice): Format {
  if (head.length === 0) return 'lines';
  if (isParquet(head)) return 'parquet';
  if (isTar(head)) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected a file of texts but ${opened.path} is a tar archive; unpack it with \`tar -x\`.`,
    );
  }
  const start = head.toString('utf8', 0, shownBytes).trimStart();
  if (/^(\[\s*)?\{\s*["}]/.test(start)) return isJsonLines(head.toString('utf8')) ? 'json-lines' : 'jsonl';
  if (start.startsWith(fastTextPrefix)) return 'fasttext';
  const { textColumn } = choice;
  // A table of a single column has nothing that separates columns.
  if (textColumn !== undefined && /^"?(.*?)"?\s*$/m.exec(start)?.[1] === textColumn) return 'csv';
  if (textColumn !== undefined) return detectFormat({ ...opened, head, ...unknown }) as TableFormat;
  const flag = columnFlag(choice);
  if (flag === null) return 'lines';
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected --text-column with ${flag}: without it each line of ${opened.path} is a text, which has no columns.`,
  );
}

/** @throws ImdbTorchError ERR_DATASET for Parquet that cannot be read from its end */
async function asTable(opened: OpenedFile, file: string): Promise<SourceFile> {
  if (opened.encoding !== null) return { ...opened, ...unknown };
  opened.stream?.destroy();
  const status = file === '-' ? null : await stat(file);
  if (status?.isFile() === true) return { ...opened, ...unknown, bytes: status.size };
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a file for Parquet, which is read from its end, but received ${opened.path}; write it to a file first.`,
  );
}

async function* readLines(
  opened: OpenedFile,
  format: 'lines' | 'json-lines',
  source: TextSource,
  options: ReadOptions,
): AsyncGenerator<TextLine[]> {
  const { head, path } = opened;
  // What is not UTF-8 is told line by line.
  const encoding = opened.encoding === 'auto' ? 'utf-8' : opened.encoding;
  const isStrict = source.encoding === 'utf-8';
  const json = format === 'json-lines' ? new JsonLines(source, path) : null;
  const note = json === null ? headerNote(head, path) : null;
  if (note !== null) options.onNote?.(note);
  for await (const lines of splitLines(contentOf({ ...opened, encoding }, options), head)) {
    yield lines.map((line) => json?.textOf(line, isStrict) ?? textOf(line, isStrict));
  }
}

/** Returns a note where the first line looks like the names of columns, one of which usually has texts. */
function headerNote(head: Buffer, path: string): string | null {
  const [first = '', second = ''] = head.toString('utf8', 0, shownBytes).split(/\r?\n/);
  const delimiter = ['\t', ',', ';'].find((character) => first.includes(character));
  if (delimiter === undefined || !second.includes(delimiter)) return null;
  const names = first.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const column = names.every((name) => /^[\w.-]+$/.test(name)) ? names.find(isUsualTextName) : undefined;
  if (column === undefined) return null;
  return (
    `The first line of ${path} looks like the header of a table, but each line was taken for a text; ` +
    `--text-column ${column} takes that column.`
  );
}
