import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as v from 'valibot';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { TimeSlices } from '../../system/time_slices.js';
import type { ReadOptions, SourceFile } from '../source_file.js';
import { cellOf } from './json_values.js';
import type { Cell, RowConsumer } from './row_consumer.js';

/**
 * Reads a Parquet file, one row group at a time. Where the Hugging Face `datasets` library has kept the names of its
 * class labels, they name them.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readParquet(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  const content = await openContent(file);
  try {
    const metadata = await parquetMetadataAsync(content.buffer);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    const columns = consumer.choose(names);
    const classNames = columns.map((name) => classLabelNames(metadata, name));
    await readGroups(content.buffer, metadata, columns, options, (values, row) => {
      consumer.row(
        row,
        values.map((value, index) => classOf(cellOf(value), classNames[index] ?? null)),
      );
    });
    await options.onRead?.(file.bytes);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ImdbTorchError) throw error;
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected ${file.path} to be a whole Parquet file but it cannot be read (${messageOf(error)}); fetch or write it again.`,
      { cause: error },
    );
  } finally {
    await content.close();
  }
}

/** @param classNames of a column of class labels, which names them by their numbers */
function classOf(cell: Cell, classNames: readonly string[] | null): Cell {
  if (classNames === null || (typeof cell !== 'number' && typeof cell !== 'bigint')) return cell;
  // The `datasets` library has -1 for a label that is missing.
  return classNames[Number(cell)] ?? null;
}

async function readGroups(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
  { signal, onRead }: ReadOptions,
  take: (values: readonly unknown[], row: number) => void,
): Promise<void> {
  const slices = new TimeSlices(signal);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    signal?.throwIfAborted();
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: readonly unknown[][] = [];
    await parquetRead({
      file,
      metadata,
      columns: [...columns],
      compressors,
      rowStart,
      rowEnd,
      // The bytes themselves: they are checked and read as they are.
      parsers: { stringFromBytes: (bytes: Uint8Array) => bytes },
      utf8: false,
      onComplete: (read) => {
        rows = read;
      },
    });
    for (const [index, values] of rows.entries()) {
      take(values, rowStart + index + 1);
      if (slices.isOver) await slices.next();
    }
    rowStart = rowEnd;
    await onRead?.(Math.round((file.byteLength * rowEnd) / Number(metadata.num_rows)));
  }
}

/** Reads what the `datasets` library has kept of a column's classes, as JSON under the key `huggingface`. */
function classLabelNames({ key_value_metadata: pairs }: FileMetaData, column: string): readonly string[] | null {
  const text = pairs?.find(({ key }) => key === 'huggingface')?.value;
  const named = v.object({ names: v.array(v.string()) });
  const features = v.object({ info: v.object({ features: v.object({ [column]: named }) }) });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), features), text);
  return parsed.success ? (parsed.output.info.features[column]?.names ?? null) : null;
}

/** Opens a file, whose end is read first: a compressed one is inflated in memory. */
async function openContent({
  path,
  bytes,
  gzip,
}: SourceFile): Promise<{ buffer: AsyncBuffer; close: () => Promise<void> }> {
  if (gzip) {
    const inflated = await promisify(gunzip)(await readFile(path));
    const slice = (start: number, end?: number): ArrayBuffer => arrayBufferOf(inflated.subarray(start, end));
    return { buffer: { byteLength: inflated.length, slice }, close: () => Promise.resolve() };
  }
  const file = await open(path);
  const slice = async (start: number, end = bytes): Promise<ArrayBuffer> => {
    const part = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(part, 0, part.length, start);
    if (bytesRead !== part.length) throw new Error('it ends too early');
    return arrayBufferOf(part);
  };
  return { buffer: { byteLength: bytes, slice }, close: () => file.close() };
}

function arrayBufferOf(part: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(part.length);
  new Uint8Array(copy).set(part);
  return copy;
}
