import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as Undici from 'undici';
import type { Dispatcher, Response } from 'undici';
import { ImdbTorchError, messageOf } from '../errors.js';
import { syncFolder } from './atomic_file.js';
import { addToPart, digestOf, readPart, removePart, restartPart, type PartialFile } from './download_part.js';
import { outputError, systemCode } from './file_errors.js';
import { hashFile } from './file_hash.js';
import { withLock } from './lock.js';

/** The time from looking up the name to the headers of the answer: all that a missing network costs. */
const defaultAnswerMilliseconds = 8_000;
const silenceMilliseconds = 30_000;
/** The number of connections that are tried while each brings something. */
const maximumAttempts = 5;

export interface DownloadOptions {
  url: string;
  /** Hexadecimal SHA-256 of the whole file. */
  sha256: string;
  to: string;
  signal?: AbortSignal | undefined;
  /** The time to wait for the headers of an answer, by default 8 seconds. */
  answerMilliseconds?: number | undefined;
  /** Called with the bytes so far, those of earlier attempts included, and of the whole file if the server says it. */
  onProgress?: ((progress: { received: number; total: number | null }) => void) | undefined;
}

/** Thrown when the connection ended before the file did. */
class CutConnection extends Error {
  override readonly name = 'CutConnection';
}

/**
 * Fetches `url` to `to`: whole and with the right checksum, or not at all. What has come of a broken or aborted
 * download stays in `<to>.part` and is taken up by the next call, unless the server's file has changed. The proxies
 * of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are used. A file that is there already is not fetched again, and two
 * processes at once fetch once.
 * @throws ImdbTorchError ERR_DOWNLOAD no connection, an error status, a wrong checksum; ERR_OUTPUT the file cannot be
 *   written; the reason of `signal`
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { to, signal } = options;
  await withLock(
    `${to}.lock`,
    async () => {
      if (await hasChecksum(options)) return;
      const part = await receiveWhole(options);
      await rename(part.path, to);
      await removePart(part);
      await syncFolder(dirname(to));
    },
    { signal },
  );
}

/** Loading it takes longer than most commands that have nothing to fetch. */
function undici(): Promise<typeof Undici> {
  return import('undici');
}

async function hasChecksum({ to, sha256, signal }: DownloadOptions): Promise<boolean> {
  try {
    return (await hashFile(to, signal)).sha256 === sha256;
  } catch (error) {
    signal?.throwIfAborted();
    if (systemCode(error) === 'ENOENT') return false;
    throw outputError(to, error);
  }
}

async function receiveWhole(options: DownloadOptions): Promise<PartialFile> {
  const { sha256, to, signal } = options;
  const { EnvHttpProxyAgent } = await undici();
  const dispatcher = new EnvHttpProxyAgent({
    bodyTimeout: silenceMilliseconds,
    // Plain requests for http: addresses: most proxies refuse to tunnel to port 80.
    proxyTunnel: false,
  });
  try {
    const part = await readPart(to);
    for (let attempt = 1; digestOf(part) !== sha256; attempt += 1) {
      const sizeBefore = part.size;
      try {
        await receive(part, options, dispatcher);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof CutConnection)) throw error;
        if (part.size > sizeBefore && attempt < maximumAttempts) continue;
        throw cutError(part, options, error);
      }
      if (digestOf(part) !== sha256) throw await checksumError(part, options);
    }
    return part;
  } finally {
    await dispatcher.destroy();
  }
}

/** Appends the body of one answer to the part. */
async function receive(part: PartialFile, options: DownloadOptions, dispatcher: Dispatcher): Promise<void> {
  const response = await request(part, options, dispatcher);
  if (response.status === 200) await restartPart(part, validatorOf(response));
  const length = response.headers.get('content-length');
  const total = length === null ? null : part.size + Number(length);
  const file = await open(part.path, 'a').catch(refuse);
  try {
    for await (const chunk of bodyOf(response)) {
      await file.appendFile(chunk).catch(refuse);
      addToPart(part, chunk);
      options.onProgress?.({ received: part.size, total });
    }
    await file.sync().catch(refuse);
  } finally {
    await file.close();
  }

  function refuse(error: unknown): never {
    throw outputError(part.path, error);
  }
}

/** Asks for what is missing: an answer 206 continues the part, an answer 200 starts it anew. */
async function request(part: PartialFile, options: DownloadOptions, dispatcher: Dispatcher): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  const resumes = part.size > 0 && part.validator !== null;
  if (resumes) {
    headers.range = `bytes=${part.size}-`;
    headers['if-range'] = part.validator ?? '';
  }
  const response = await answerOf(options, headers, dispatcher);
  if (resumes && (response.status === 416 || (response.status === 206 && startOfRange(response) !== part.size))) {
    await response.body?.cancel();
    await restartPart(part, null);
    return request(part, options, dispatcher);
  }
  if (response.status === 200 || response.status === 206) return response;
  throw new ImdbTorchError(
    'ERR_DOWNLOAD',
    `Could not download ${options.url}: the server answered ${response.status} ${response.statusText}`.trimEnd() + '.',
  );
}

async function answerOf(
  { url, signal, answerMilliseconds = defaultAnswerMilliseconds }: DownloadOptions,
  headers: Record<string, string>,
  dispatcher: Dispatcher,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer within ${Math.round(answerMilliseconds / 1000)} seconds`));
  }, answerMilliseconds);
  try {
    const either = AbortSignal.any(signal === undefined ? [late.signal] : [late.signal, signal]);
    const { fetch } = await undici();
    return await fetch(url, { headers, dispatcher, signal: either });
  } catch (error) {
    signal?.throwIfAborted();
    throw new ImdbTorchError('ERR_DOWNLOAD', `Could not download ${url}: ${reasonOf(error)}; is there a network?`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) yield chunk as Uint8Array;
  } catch (error) {
    throw new CutConnection(reasonOf(error), { cause: error });
  }
}

/** Returns the innermost message: undici hides what happened behind "fetch failed" and "terminated". */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : reasonOf(cause);
}

/** Returns what If-Range accepts: a strong ETag, else the date. */
function validatorOf(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag?.startsWith('"') ? etag : response.headers.get('last-modified');
}

function startOfRange(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
}

function cutError(part: PartialFile, { url }: DownloadOptions, cause: CutConnection): ImdbTorchError {
  const kept = part.validator === null ? 'run it again' : 'run it again to go on from there';
  return new ImdbTorchError(
    'ERR_DOWNLOAD',
    `The download of ${url} broke off after ${part.size} bytes (${cause.message}); ${kept}.`,
    { cause },
  );
}

async function checksumError(part: PartialFile, { url, sha256 }: DownloadOptions): Promise<ImdbTorchError> {
  await removePart(part);
  return new ImdbTorchError(
    'ERR_DOWNLOAD',
    `Expected ${url} to have the SHA-256 ${sha256} but received a file with ${digestOf(part)}; it was thrown away, try again later.`,
  );
}
