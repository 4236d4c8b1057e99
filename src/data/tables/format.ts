import { ImdbTorchError } from '../../errors.js';
import { isParquet, isTar } from '../../system/file_kind.js';
import { withoutByteOrderMark } from '../../system/text_encoding.js';
import type { SourceFile } from '../source_file.js';

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'fasttext';

/** What fastText puts before a label. */
export const fastTextPrefix = '__label__';

/**
 * Tells the format of a file by its content.
 * @param mayHaveOneColumn takes lines of text for CSV, too
 * @throws ImdbTorchError ERR_DATASET when it is nothing that reviews come in
 */
export function detectFormat(
  { path, head }: Pick<SourceFile, 'path' | 'head'>,
  mayHaveOneColumn = false,
): TableFormat | 'archive' {
  if (isTar(head)) return 'archive';
  if (isParquet(head)) return 'parquet';
  const text = withoutByteOrderMark(head).toString('utf8');
  const firstLine = firstLineOf(text);
  if (firstLine.split(/\s+/).some((word) => word.startsWith(fastTextPrefix))) return 'fasttext';
  if (/^\s*(?:\[\s*)?\{/.test(text)) return 'jsonl';
  if (/^\s*<(?:!doctype html|html)\b/i.test(text)) {
    throw unknownFormat(path, 'a web page, as a login or a download that failed leaves');
  }
  if (/^\s*\[\s*(?:["\d[\]-]|(?:null|true|false)\b)/.test(text))
    throw unknownFormat(path, 'a JSON array of something else than objects');
  if (firstLine.includes('\t')) return 'tsv';
  if (mayHaveOneColumn || /[,;|]/.test(firstLine)) return 'csv';
  throw unknownFormat(path, 'none of them');
}

/** Returns the first line that is not blank, or the empty string. */
export function firstLineOf(text: string): string {
  return text.split(/[\r\n]+/).find((line) => line.trim() !== '') ?? '';
}

function unknownFormat(path: string, what: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    'Expected a folder, a tar file, CSV, TSV, JSON with objects, Parquet or fastText lines ' +
      `but ${path} is ${what}; give another file or convert it.`,
  );
}
