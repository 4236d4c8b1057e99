import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { temporaryBeside } from '../system/atomic_file.js';
import { download } from '../system/download.js';
import { outputError } from '../system/file_errors.js';
import { withLock } from '../system/lock.js';
import { makeFolders } from '../system/make_folders.js';
import { runProcess } from '../system/run_process.js';
import { extractLibtorch } from './extract_libtorch.js';
import {
  fetchedVersion,
  readLibtorch,
  usableFor,
  type Attempt,
  type LibtorchFolder,
  type LibtorchOptions,
} from './libtorch_folder.js';

/** The time that all ways together may wait for a network that is not there. */
const patienceMilliseconds = 10_000;

const site = 'https://download.pytorch.org/whl/cpu';
/** PyTorch's own CPU wheels, which hold a whole libtorch. The Python in their names does not matter. */
const wheels: Readonly<Record<string, { url: string; sha256: string }>> = {
  'linux-x64': {
    url: `${site}/torch-2.13.0%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl`,
    sha256: '4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2',
  },
  'linux-arm64': {
    url: `${site}/torch-2.13.0%2Bcpu-cp312-cp312-manylinux_2_28_aarch64.whl`,
    sha256: '6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604',
  },
  'darwin-arm64': {
    url: `${site}/torch-2.13.0-cp312-cp312-macosx_14_0_arm64.whl`,
    sha256: '2fe228aba290d14b9f31b049be550dbd469c3fd3013d7a19705b30454da97027',
  },
};

const pipFlags = [
  '--no-deps',
  '--only-binary=:all:',
  '--no-input',
  '--disable-pip-version-check',
  '--no-cache-dir',
  ...['--retries', '1', '--timeout', '8', '--progress-bar', 'off'],
];

interface Way {
  place: string;
  /** Gets a wheel into a folder and returns its path; a network that is silent at `deadline` is given up. */
  get: (folder: string, deadline: number, options: LibtorchOptions) => Promise<string>;
}

const ways: readonly Way[] = [
  { place: `pip download torch==${fetchedVersion}`, get: wheelFromPip },
  { place: 'download.pytorch.org', get: wheelFromPyTorch },
];

/**
 * Fetches the CPU build of libtorch into a folder of its version in `cache`: whole or not at all, once for several
 * processes. First with pip, which knows the user's mirrors, then from PyTorch's own site.
 * @throws ImdbTorchError ERR_OUTPUT when the cache cannot be written; the reason of the signal
 */
export async function fetchLibtorch(
  cache: string,
  options: LibtorchOptions,
): Promise<LibtorchFolder | { tried: Attempt[] }> {
  const onWait = (): void => options.onProgress?.('Waiting for another process that fetches libtorch…');
  return withLock(join(cache, '.lock'), () => fetchAlone(cache, options), { onWait, signal: options.signal });
}

async function fetchAlone(cache: string, options: LibtorchOptions): Promise<LibtorchFolder | { tried: Attempt[] }> {
  const destination = join(cache, fetchedVersion);
  const there = usableFor(readLibtorch(destination), { forBuilding: true });
  if ('path' in there) return there;
  await removeLeftovers(cache);
  const folder = temporaryBeside(destination);
  const tried: Attempt[] = [];
  const deadline = Date.now() + patienceMilliseconds;
  try {
    for (const { place, get } of ways) {
      try {
        await makeFolders(folder).catch((error: unknown) => {
          throw outputError(folder, error);
        });
        const wheel = await get(folder, deadline, options);
        return await unpack(wheel, folder, destination, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof ImdbTorchError && error.code === 'ERR_OUTPUT') throw error;
        tried.push({ place, reason: messageOf(error) });
      }
    }
    return { tried };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what killed processes have left: nobody else fetches now. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith('.') && name.endsWith('.tmp')) await rm(join(cache, name), { recursive: true, force: true });
  }
}

async function unpack(
  wheel: string,
  folder: string,
  destination: string,
  { onProgress, signal }: LibtorchOptions,
): Promise<LibtorchFolder> {
  onProgress?.(`Unpacking libtorch from ${basename(wheel)}…`);
  const unpacked = join(folder, 'torch');
  await extractLibtorch(wheel, unpacked, signal);
  const libtorch = readLibtorch(unpacked);
  if (!('path' in libtorch)) throw new Error(libtorch.reason);
  await rm(destination, { recursive: true, force: true });
  await rename(unpacked, destination).catch((error: unknown) => {
    throw outputError(destination, error);
  });
  return { ...libtorch, path: destination };
}

async function wheelFromPip(folder: string, deadline: number, options: LibtorchOptions): Promise<string> {
  const { onProgress, signal } = options;
  // On Linux the plain version is the CUDA build, which does not load without a dozen further packages.
  const requirement = process.platform === 'linux' ? `torch==${fetchedVersion}+cpu` : `torch==${fetchedVersion}`;
  onProgress?.(`Fetching libtorch with pip (${requirement})…`);
  // pip's temporary files go beside the destination: 200 MB may be too much for /tmp.
  const env = { ...process.env, TMPDIR: folder };
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error('no answer in time; is there a network?'));
  }, deadline - Date.now());
  const onLine = (line: string): void => {
    if (!/^\s*(Downloading|Processing|Using cached)\b/.test(line)) return;
    // What it has found it may take its time to fetch.
    clearTimeout(timer);
    onProgress?.(`pip: ${line.trim()}`);
  };
  const either = AbortSignal.any(signal === undefined ? [late.signal] : [late.signal, signal]);
  const args = ['-m', 'pip', 'download', ...pipFlags, '--dest', folder, requirement];
  const { output } = await runProcess('python3', args, { env, signal: either, onLine })
    .catch((error: unknown) => {
      either.throwIfAborted();
      throw new Error(`python3 could not be started (${messageOf(error)})`, { cause: error });
    })
    .finally(() => {
      clearTimeout(timer);
    });
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(lastError(output));
  return join(folder, wheel);
}

function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((each) => /^(ERROR:|.*No module named)/.test(each)) ?? lines.at(-1);
  return line?.replace(/^ERROR: /, '') ?? 'pip said nothing';
}

async function wheelFromPyTorch(folder: string, deadline: number, options: LibtorchOptions): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const wheel = wheels[platform];
  if (wheel === undefined) throw new Error(`PyTorch has no CPU build for ${platform}`);
  const patience = deadline - Date.now();
  if (patience <= 0) throw new Error('not asked: the network did not answer');
  const to = join(folder, '..', basename(decodeURIComponent(wheel.url)));
  let percent = -1;
  await download({
    ...wheel,
    to,
    signal: options.signal,
    answerMilliseconds: patience,
    onProgress: ({ received, total }) => {
      const now = total === null ? -1 : Math.floor((received / total) * 10) * 10;
      if (now !== percent) options.onProgress?.(`Fetching libtorch from download.pytorch.org (${now} %)…`);
      percent = now;
    },
  });
  const inside = join(folder, basename(to));
  await rename(to, inside);
  return inside;
}
