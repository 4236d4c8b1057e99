import { ImdbTorchError } from '../errors.js';

/** What of this package a platform can have. */
type Support =
  /** PyTorch has a build of libtorch for it, which `setup` fetches. */
  | 'fetched'
  /** The addon builds there, but the user has to bring libtorch. */
  | 'own libtorch'
  /** The addon does not build there. What was trained runs without it. */
  | 'none';

export interface Platform {
  os: NodeJS.Platform;
  cpu: NodeJS.Architecture;
  /** The C library of a Linux; null elsewhere. */
  libc: 'glibc' | 'musl' | null;
}

/** Returns the platform that this process runs on. */
export function currentPlatform(): Platform {
  return { os: process.platform, cpu: process.arch, libc: process.platform === 'linux' ? libcOfProcess() : null };
}

function libcOfProcess(): 'glibc' | 'musl' {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

export function supportOf({ os, cpu, libc }: Platform): Support {
  if (os === 'linux') return libc === 'glibc' && (cpu === 'x64' || cpu === 'arm64') ? 'fetched' : 'own libtorch';
  if (os === 'darwin') return cpu === 'arm64' ? 'fetched' : 'own libtorch';
  return 'none';
}

/**
 * Refuses a platform on which the addon cannot be built, before anything is looked for.
 * @throws ImdbTorchError ERR_PLATFORM
 */
export function expectBuildable(platform = currentPlatform()): void {
  if (supportOf(platform) === 'none') throw platformError(platform);
}

/**
 * Refuses a platform for which there is no libtorch to fetch, before anything is fetched.
 * @throws ImdbTorchError ERR_PLATFORM
 */
export function expectFetchable(platform = currentPlatform()): void {
  if (supportOf(platform) !== 'fetched') throw platformError(platform);
}

function platformError(platform: Platform): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_PLATFORM',
    'Expected Linux with glibc on x64 or arm64, or macOS on arm64, where PyTorch has a build of libtorch to fetch, but ' +
      `this is ${nameOf(platform)}; ${insteadOn(platform)}. What was trained elsewhere runs here as it is: ` +
      '`predict`, `explain`, `evaluate`, `serve` and `export` need neither, nor does `imdb-torch/portable`.',
  );
}

function nameOf({ os, cpu, libc }: Platform): string {
  if (os === 'win32') return `Windows on ${cpu}`;
  if (os === 'darwin') return `macOS on ${cpu === 'x64' ? 'x64 (an Intel Mac)' : cpu}`;
  if (os !== 'linux') return `${os} on ${cpu}`;
  return `Linux with ${libc === 'musl' ? 'musl, such as Alpine,' : 'glibc'} on ${cpu}`;
}

/** Says in half a sentence what works instead on a platform for which nothing is fetched. */
export function insteadOn(platform: Platform): string {
  const { os, libc } = platform;
  if (os === 'win32') return 'use WSL 2 or a container of Debian, as of the image node:22-slim';
  if (supportOf(platform) === 'none') return 'use a container of Debian, as of the image node:22-slim';
  const own = 'name a libtorch 2.7 or newer that was built for it with the option libtorch or IMDB_TORCH_LIBTORCH';
  if (libc === 'musl') return `use an image with glibc, such as node:22-slim instead of node:22-alpine, or ${own}`;
  if (os === 'darwin')
    return `use a container of Debian, as of the image node:22-slim, or ${own} (conda-forge has one)`;
  return own;
}
