import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ImdbTorchError } from '../errors.js';
import { outputError, systemCode } from '../system/file_errors.js';

/** The errors of a pipe or socket without a reader. Closing a window gives the third: a disk that fails is no terminal. */
const goneCodes: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET', ...(process.stdout.isTTY ? ['EIO'] : [])];

/** Of `process.stdout` and `process.stderr`, which are streams of more than one class. */
type StandardStream = NodeJS.WriteStream & { readonly fd: number };

const finished: string[] = [];
const state: { failure: ImdbTorchError | null; readerIsGone: boolean } = { failure: null, readerIsGone: false };

process.stdout.on('error', noteFailure);
process.stderr.on('error', () => undefined);

/**
 * Writes to standard output. After its reader, such as `head`, has gone, it writes nothing: who reads no more wants no
 * more, and the work itself goes on to its end.
 * @throws ImdbTorchError ERR_OUTPUT when that, or what was written before, cannot be written
 */
export function writeOut(text: string): void {
  assertWritten();
  if (state.readerIsGone) return;
  write(process.stdout, text, noteFailure);
  assertWritten();
}

/**
 * Writes to standard output and waits until that is done, and all that was written before.
 * @returns false when the reader has gone
 * @throws ImdbTorchError ERR_OUTPUT when it cannot be written
 */
export async function writeOutAndWait(text: string): Promise<boolean> {
  writeOut(text);
  // Errors that come later than their writes have then been seen.
  if (!isFile(process.stdout.fd)) await new Promise((resolve) => process.stdout.write('', resolve));
  assertWritten();
  return !state.readerIsGone;
}

/** Has the error say that a run is complete, when the rest of what there is to say of it cannot be written. */
export function noteFinished(run: string): void {
  finished.push(run);
}

/** Writes to standard error where that is possible: what a command does does not depend on who hears of it. */
export function writeErr(text: string): void {
  write(process.stderr, text, () => undefined);
}

function noteFailure(error: unknown): void {
  if (state.readerIsGone || goneCodes.includes(systemCode(error))) state.readerIsGone = true;
  else state.failure ??= outputError('standard output', error);
}

function assertWritten(): void {
  const { failure } = state;
  if (failure === null) return;
  if (finished.length === 0) throw failure;
  const message = failure.message.replace(/\.$/, `; complete all the same: ${finished.join(', ')}.`);
  throw new ImdbTorchError(failure.code, message, { cause: failure });
}

/** Writes all of `text`. A stream says by an event what goes wrong, a file by calling `onError`. */
function write(stream: StandardStream, text: string, onError: (error: unknown) => void): void {
  const { fd } = stream;
  if (!isFile(fd)) {
    stream.write(text);
    return;
  }
  try {
    // Node's own streams write a part of it when the disk becomes full, and call that a success.
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  } catch (error) {
    onError(error);
  }
}

/** Whether this is a file or a device, and not a terminal, pipe or socket. */
function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(fd));
}
