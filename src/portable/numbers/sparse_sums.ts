import type { EncodedTexts, FeatureIds } from '../../text/bag_writer.js';

export type Floats = Float32Array | Float64Array;

/** How the features of texts become values. */
export interface Values {
  /** What a text is divided by: the Euclidean norm of its values, the root of their number, or nothing. */
  readonly normalize: boolean | 'length';
  readonly gain: number;
  /** `[features]`; null: all are 1. */
  readonly weights: Float32Array | null;
}

/**
 * Adds up the rows of a matrix for the features of each text, each times its value.
 * @param matrix `[features, width]`, row-major
 * @param bias `[width]`, which the sums start from
 * @returns `[texts, width]`, row-major
 */
export function sumRows(texts: EncodedTexts, values: Values, matrix: Floats, bias: Floats): Float64Array {
  const { offsets } = texts;
  const { length: width } = bias;
  const count = Math.max(offsets.length - 1, 0);
  const result = new Float64Array(count * width);
  for (let text = 0; text < count; text += 1) {
    const range = { start: offsets[text], end: offsets[text + 1] };
    const row = result.subarray(text * width, (text + 1) * width);
    const own = valuesOf(texts, range, values.weights);
    const factor = factorOf(own, range, values);
    if (width === 2) addPairs(row, matrix, texts.ids, range, own);
    else addRows(row, matrix, texts.ids, range, own);
    for (let column = 0; column < width; column += 1) row[column] = bias[column] + factor * row[column];
  }
  return result;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

let scratch = new Float64Array(1 << 10);

/** Returns the values of a text before they are normalised; they are there until the next call. */
function valuesOf({ ids, counts }: EncodedTexts, { start, end }: Range, weights: Float32Array | null): Float64Array {
  const length = end - start;
  if (length > scratch.length) scratch = new Float64Array(2 * length);
  for (let k = 0; k < length; k += 1) {
    const value = weights === null ? 1 : weights[ids[start + k]];
    scratch[k] = counts === null ? value : value * counts[start + k];
  }
  return scratch;
}

/** Returns what the values of a text are multiplied by. */
function factorOf(values: Float64Array, { start, end }: Range, { normalize, gain }: Values): number {
  if (normalize === false) return gain;
  let measure = end - start;
  if (normalize === true) {
    let squares = 0;
    for (let k = 0; k < measure; k += 1) squares += values[k] * values[k];
    measure = squares;
  }
  // A text whose features weigh nothing stays as it is.
  return measure > 0 ? gain / Math.sqrt(measure) : gain;
}

/** Adds the rows of two columns. */
function addPairs(
  sums: Float64Array,
  matrix: Floats,
  ids: FeatureIds,
  { start, end }: Range,
  values: Float64Array,
): void {
  let [first, second] = [0, 0];
  for (let k = start; k < end; k += 1) {
    const id = ids[k];
    const value = values[k - start];
    first += value * matrix[2 * id];
    second += value * matrix[2 * id + 1];
  }
  sums[0] = first;
  sums[1] = second;
}

/** Adds rows, four at a time: each time that a sum is read and written costs as much as a product. */
function addRows(
  sums: Float64Array,
  matrix: Floats,
  ids: FeatureIds,
  { start, end }: Range,
  values: Float64Array,
): void {
  const { length: width } = sums;
  let k = start;
  for (; k + 4 <= end; k += 4) {
    const [v0, v1, v2, v3] = [values[k - start], values[k - start + 1], values[k - start + 2], values[k - start + 3]];
    const [r0, r1, r2, r3] = [ids[k] * width, ids[k + 1] * width, ids[k + 2] * width, ids[k + 3] * width];
    for (let c = 0; c < width; c += 1)
      sums[c] += v0 * matrix[r0 + c] + v1 * matrix[r1 + c] + v2 * matrix[r2 + c] + v3 * matrix[r3 + c];
  }
  for (; k < end; k += 1) {
    const value = values[k - start];
    const row = ids[k] * width;
    for (let c = 0; c < width; c += 1) sums[c] += value * matrix[row + c];
  }
}

/**
 * Multiplies the rectified rows of `inputs` by a matrix, and adds the bias: ReLU and a linear layer.
 * @param inputs `[n, in]`, row-major
 * @param weight `[out, in]`, row-major
 * @returns `[n, out]`, row-major
 */
export function rectifiedLinear(inputs: Float64Array, weight: Floats, bias: Floats): Float64Array {
  const { length: outputs } = bias;
  const size = weight.length / outputs;
  const rows = inputs.length / size;
  const result = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row += 1) {
    for (let output = 0; output < outputs; output += 1) {
      let sum = bias[output];
      for (let k = 0; k < size; k += 1) {
        const input = inputs[row * size + k];
        // A NaN stays one, as in libtorch.
        if (!(input <= 0)) sum += input * weight[output * size + k];
      }
      result[row * outputs + output] = sum;
    }
  }
  return result;
}
