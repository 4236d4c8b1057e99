import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { foreignKind } from './file_kind.js';
import { TextFileDecoding } from './text_encoding.js';

/**
 * Returns the text that a small file holds, in UTF-8 without a byte order mark, whether it is UTF-8 or UTF-16, compressed by
 * gzip or not.
 * @param encoding `auto` reads text that is not UTF-8 as Windows-1252
 * @throws Error that says what the file is, where it is no text
 */
export function textOfFile(bytes: Buffer, encoding: 'utf-8' | 'auto' = 'utf-8'): Buffer {
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const kind = foreignKind(content);
  if (kind !== null) throw new Error(`it is ${kind.name}; ${kind.remedy}`);
  const text = new TextFileDecoding(encoding).decode(content, '');
  if (isUtf8(text)) return text;
  throw new Error('it is not UTF-8; convert it, for instance with `iconv -f WINDOWS-1252 -t UTF-8`');
}

/** Reads a small file of text. @throws as `textOfFile`; the system's error */
export async function readText(path: string): Promise<string> {
  return textOfFile(await readFile(path)).toString('utf8');
}
