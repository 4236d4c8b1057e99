import { toFloat16 } from '../../../storage/numbers/floats.js';
import type { Precision } from '../../../portable/model_file.js';

/** What a file of a precision has of weights. */
export interface StoredWeights {
  /** `[columns, features]`, row-major. */
  readonly weight: Float32Array | Uint16Array | Int8Array;
  /** What the numbers of each column are multiplied by; null: nothing. */
  readonly scales: readonly number[] | null;
}

const largestInt8 = 127;
/** Half of the largest float16, so that rounding stays below that. */
const largestFloat16 = 1 << 15;

/** Rounds weights to a precision. @param columns `[features]` each */
export function quantize(columns: readonly Float64Array[], precision: Precision): StoredWeights {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  const scales = columns.map((column, index) => {
    const scale = scaleOf(column, precision);
    all.set(scale === 0 ? column : column.map((value) => value / scale), index * column.length);
    return scale;
  });
  if (precision === 'float32') return { weight: Float32Array.from(all), scales: null };
  if (precision === 'float16') return { weight: toFloat16(Float32Array.from(all)), scales };
  return { weight: Int8Array.from(all, Math.round), scales };
}

function scaleOf(column: Float64Array, precision: Precision): number {
  const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (precision === 'float32' || largest === 0) return Number(largest > 0);
  if (precision === 'int8') return largest / largestInt8;
  // A power of two changes no digit.
  return 2 ** Math.ceil(Math.log2(largest / largestFloat16));
}

/** Factors that are few: `[features]`, which of them each is, and the factors. */
export interface StoredFactors {
  readonly numbers: Uint8Array;
  readonly factors: readonly number[];
}

/**
 * Replaces factors by a few: those of equal intervals, each by the root of the mean of its squares, which keeps the mean
 * square of texts as it is.
 * @param factors `[features]`, from 0 on
 * @param frequencies `[features]`: how often texts have each
 */
export function groupFactors(factors: Float64Array, frequencies: Float64Array, levels: number): StoredFactors {
  const largest = factors.reduce((most, factor) => Math.max(most, factor), 0);
  const numbers = Uint8Array.from(factors, (factor) =>
    Math.min(Math.floor((factor / Math.max(largest, Number.MIN_VALUE)) * levels), levels - 1),
  );
  const squares = new Float64Array(levels);
  const counts = new Float64Array(levels);
  for (let id = 0; id < numbers.length; id += 1) {
    squares[numbers[id]] += frequencies[id] * factors[id] ** 2;
    counts[numbers[id]] += frequencies[id];
  }
  return { numbers, factors: Array.from(squares, (sum, level) => Math.sqrt(sum / Math.max(counts[level], 1e-9))) };
}

/** Takes the numbers of features in the order of a file. @param ids `[features of the file]` */
export function arranged(values: Float64Array, ids: Int32Array): Float64Array {
  return Float64Array.from(ids, (id) => values[id]);
}
