import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeFileAtomic } from '../system/atomic_file.js';
import { textOfFile } from '../system/text_file.js';
import { Vocabulary } from '../text/vocabulary.js';

const lineFeed = Buffer.from('\n');

/** Writes one word per line, in UTF-8 with line feeds: the line number minus one is the word's id. */
export async function writeVocabulary(path: string, { size, lines }: Vocabulary): Promise<void> {
  await writeFileAtomic(path, size === 0 ? [] : [lines, lineFeed]);
}

/**
 * Reads what `writeVocabulary` has written.
 * @param size the number of words, where another file says it
 * @throws the system's error when the file cannot be read, an Error that says what it is when it is no text
 */
export async function readVocabulary(path: string, size?: number): Promise<Vocabulary> {
  const bytes = textOfFile(await readFile(path));
  // Each look at half a million lines takes as long as others can wait.
  await nextTurn();
  return new Vocabulary(bytes.at(-1) === lineFeed[0] ? bytes.subarray(0, -1) : bytes, undefined, size);
}
