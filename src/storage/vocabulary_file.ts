import { readFile } from 'node:fs/promises';
import { ImdbTorchError } from '../errors.js';
import { writeFileAtomic } from '../system/atomic_file.js';

/** Writes one word a line, in UTF-8 with line feeds: the line number less one is the word's id. */
export async function writeVocabulary(path: string, words: readonly string[]): Promise<void> {
  const broken = words.find((word) => word.includes('\n'));
  if (broken !== undefined) {
    throw new ImdbTorchError(
      'ERR_OUTPUT',
      `Expected words without line breaks for ${path} but received ${JSON.stringify(broken)}.`,
    );
  }
  await writeFileAtomic(path, words.length === 0 ? [] : [words.join('\n'), '\n']);
}

/** @throws the system's error when the file cannot be read, a TypeError when it is not UTF-8 */
export async function readVocabulary(path: string): Promise<string[]> {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  const words = text.split('\n');
  if (words.at(-1) === '') words.pop();
  return words;
}
