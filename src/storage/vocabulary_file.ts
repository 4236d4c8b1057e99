import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../system/atomic_file.js';
import { Vocabulary } from '../text/vocabulary.js';

const lineFeed = Buffer.from('\n');

/** Writes one word per line, in UTF-8 with line feeds: the line number minus one is the word's id. */
export async function writeVocabulary(path: string, { size, lines }: Vocabulary): Promise<void> {
  await writeFileAtomic(path, size === 0 ? [] : [lines, lineFeed]);
}

/** @throws the system's error when the file cannot be read, a TypeError when it is no UTF-8 */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const bytes = await readFile(path);
  if (!isUtf8(bytes)) throw new TypeError('it is no UTF-8');
  return new Vocabulary(bytes.at(-1) === lineFeed[0] ? bytes.subarray(0, -1) : bytes);
}
