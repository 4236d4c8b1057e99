import { ImdbTorchError } from '../../errors.js';
import type { Precision } from '../../portable/model_file.js';
import { gzipped } from '../gzipped.js';
import { writeModelFile, type ModelFile, type WrittenModel } from './write_model_file.js';

/** A model file, and what gzip makes of it. */
export interface SizedFile extends ModelFile {
  readonly compressed: Uint8Array;
}

export interface FitOptions {
  readonly precision: Precision;
  /** The greatest size in bytes, gzipped; undefined: any. */
  readonly maxSize: number | undefined;
  /** The features, those that matter most first. */
  readonly order: Int32Array;
  readonly signal?: AbortSignal | undefined;
  /** Is called after each file that was tried. */
  readonly onProgress?: ((tried: { features: number; gzipped: number }) => void) | undefined;
}

/**
 * The numbers of factors of a norm that are told apart. What short texts, whose norms have few of them, are said to be shows
 * differences between few; what reviews are does not, so that where size counts more features are worth more.
 */
const factorLevels = {
  fine: { float32: 0, float16: 256, int8: 32 },
  coarse: { float32: 0, float16: 32, int8: 8 },
} as const;
/** The files that are tried at most: sizes grow about evenly, so that a few are enough. */
const mostTries = 8;
/** A file that is not smaller than this share of the size asked for is as large as it can be. */
const closeEnough = 0.995;

/**
 * Writes as many of the features that matter most as the size allows.
 * @throws ImdbTorchError ERR_USAGE when not even one fits; the reason of `signal`
 */
export async function fitSize(model: WrittenModel, options: FitOptions): Promise<SizedFile> {
  const { order, maxSize = Infinity } = options;
  const all = await sized(model, order.length, options, 'fine');
  if (sizeOf(all) <= maxSize) return all;
  let most = { count: order.length, file: await sized(model, order.length, options) };
  if (sizeOf(most.file) <= maxSize) return most.file;
  let least = { count: 1, file: await sized(model, 1, options) };
  if (sizeOf(least.file) > maxSize) throw tooSmall(maxSize, sizeOf(least.file));
  for (let tries = 0; tries < mostTries && most.count - least.count > 1; tries += 1) {
    if (sizeOf(least.file) >= closeEnough * maxSize) break;
    const share = (maxSize - sizeOf(least.file)) / (sizeOf(most.file) - sizeOf(least.file));
    const middle = Math.floor(least.count + share * (most.count - least.count));
    const count = Math.min(Math.max(middle, least.count + 1), most.count - 1);
    const tried = { count, file: await sized(model, count, options) };
    if (sizeOf(tried.file) <= maxSize) least = tried;
    else most = tried;
  }
  return least.file;
}

async function sized(
  model: WrittenModel,
  count: number,
  options: FitOptions,
  levels: keyof typeof factorLevels = 'coarse',
): Promise<SizedFile> {
  const { order, precision, signal, onProgress } = options;
  signal?.throwIfAborted();
  const isKept = new Uint8Array(order.length);
  for (const id of order.subarray(0, count)) isKept[id] = 1;
  const file = writeModelFile(model, isKept, { precision, factorLevels: factorLevels[levels][precision] });
  const compressed = await gzipped(file.bytes);
  signal?.throwIfAborted();
  onProgress?.({ features: file.ids.length, gzipped: compressed.length });
  return { ...file, compressed };
}

function sizeOf({ compressed }: SizedFile): number {
  return compressed.length;
}

function tooSmall(maxSize: number, least: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected a size of at least ${least} bytes, which this model takes with a single feature, gzipped, ` +
      `but received ${maxSize}; give a larger one.`,
  );
}
