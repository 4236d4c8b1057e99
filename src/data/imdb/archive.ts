import { Parser, type ReadEntry } from 'tar';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { maximumReviewBytes } from '../collected_reviews.js';
import { damaged, readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { parseReviewPath, type ImdbCollector } from './collector.js';
import { maximumUrlsBytes, urlsClassOf } from './movies.js';

const kind = 'tar archive';

/**
 * Streams the reviews of a tar file into `collector`; nothing is unpacked to disk. Other files are skipped.
 * @throws ImdbTorchError ERR_DATASET when the archive is damaged or truncated, or holds a link, a path that leaves it
 *   or a review of more than 1 MiB; the reason of the signal
 */
export async function readArchive(
  file: Pick<SourceFile, 'path' | 'gzip'>,
  options: ReadOptions,
  collector: ImdbCollector,
): Promise<void> {
  const reader = new TarReader(file.path, collector);
  await readContent(
    file,
    options,
    (piece) => {
      reader.write(piece);
    },
    kind,
  );
  reader.end();
}

/** node-tar's parser, which hands out entries within `write`, with what this project accepts in an archive. */
class TarReader {
  readonly #parser: Parser;
  #error: unknown = null;
  #ended = false;
  readonly #others: string[] = [];

  constructor(
    readonly path: string,
    readonly collector: ImdbCollector,
  ) {
    this.#parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        this.#read(entry);
      },
    });
    this.#parser.on('error', (error: unknown) => {
      this.#error ??= error;
    });
    this.#parser.on('eof', () => {
      this.#ended = true;
    });
  }

  write(piece: Buffer): void {
    this.#parser.write(piece);
    this.#throwError();
  }

  end(): void {
    this.#parser.end();
    if (!this.#ended) this.#error ??= damaged(this.path, kind, 'it ends too early');
    this.#throwError();
    this.collector.skip(this.#others);
  }

  #throwError(): void {
    if (this.#error === null) return;
    if (this.#error instanceof ImdbTorchError) throw this.#error;
    throw damaged(this.path, kind, messageOf(this.#error).replace(/^TAR_\w+: /, ''), this.#error);
  }

  #read(entry: ReadEntry): void {
    const problem = problemOf(entry);
    if (problem !== null) this.#error ??= refused(this.path, entry.path, problem);
    const take = this.#error === null ? this.#consumerOf(entry) : null;
    if (take === null) {
      entry.resume();
      return;
    }
    const parts: Buffer[] = [];
    entry.on('data', (part) => parts.push(part));
    entry.on('end', () => {
      try {
        const [first] = parts;
        take(first !== undefined && parts.length === 1 ? first : Buffer.concat(parts));
      } catch (error) {
        this.#error ??= error;
      }
    });
  }

  /** Returns what takes the content of an entry; null where nothing does. */
  #consumerOf({ path, type }: ReadEntry): ((content: Buffer) => void) | null {
    if (type === 'Directory') return null;
    const file = parseReviewPath(path);
    if (file !== null)
      return (text) => {
        this.collector.add(file, text);
      };
    const className = urlsClassOf(path);
    if (className === null) {
      this.#others.push(path);
      return null;
    }
    return (text) => {
      this.collector.urls.add(className, text);
    };
  }
}

const fileTypes: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);

function problemOf(entry: ReadEntry): string | null {
  if (entry.type === 'Link' || entry.type === 'SymbolicLink') return 'is a link';
  if (!fileTypes.has(entry.type)) return 'is neither a file nor a folder';
  if (/^(?:[\\/]|[a-z]:)/i.test(entry.path)) return 'is an absolute path';
  if (entry.path.split(/[\\/]/).includes('..')) return 'leaves the archive with ..';
  if (parseReviewPath(entry.path) !== null && entry.size > maximumReviewBytes) {
    return `has ${entry.size} bytes, more than the ${maximumReviewBytes} of any review`;
  }
  if (urlsClassOf(entry.path) !== null && entry.size > maximumUrlsBytes) {
    return `has ${entry.size} bytes, more than the ${maximumUrlsBytes} of any list of addresses`;
  }
  return null;
}

function refused(path: string, entryPath: string, problem: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected only plain reviews in ${path} but its entry ${JSON.stringify(entryPath)} ${problem}; use an archive from a source you trust.`,
  );
}
