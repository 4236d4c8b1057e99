import type { EncodedTexts, FeatureIds } from '../../text/bag_writer.js';

const { fround } = Math;

export type Floats = Float32Array | Float64Array;

/** How the features of texts become values. */
export interface Values {
  /** What a text is divided by: the Euclidean norm of its values, the root of their number, or nothing. */
  readonly normalize: boolean | 'length';
  readonly gain: number;
  /** `[features]`; null: all are 1. */
  readonly weights: Float32Array | null;
}

/** Rows of fewer numbers than a vector of the fused engine has are summed in parts there, in an order that varies. */
const narrow = 8;

/**
 * Adds up the rows of a matrix for the features of each text, each times its value. Values are float32. Sums of a float32
 * matrix are, too, in the order of the features and with each product added unrounded: as the fused engine has it with the
 * instructions of AVX2, so that a sum of thousands of terms is rounded alike. Narrow ones are float64.
 * @param matrix `[features, width]`, row-major
 * @param bias `[width]`
 * @returns `[texts, width]`, row-major
 */
export function sumRows(texts: EncodedTexts, values: Values, matrix: Floats, bias: Floats): Float64Array {
  const { offsets } = texts;
  const { length: width } = bias;
  const count = Math.max(offsets.length - 1, 0);
  const result = new Float64Array(count * width);
  const isFloat32 = matrix instanceof Float32Array && width >= narrow;
  const sums = isFloat32 ? new Float32Array(width) : new Float64Array(width);
  for (let text = 0; text < count; text += 1) {
    const range = { start: offsets[text], end: offsets[text + 1] };
    const own = valuesOf(texts, range, values);
    sums.fill(0);
    if (isFloat32) addFloat32Rows(sums as Float32Array, matrix, texts.ids, range, own);
    else if (width === 2) addPairs(sums, matrix, texts.ids, range, own);
    else addRows(sums, matrix, texts.ids, range, own);
    for (let column = 0; column < width; column += 1) {
      sums[column] += bias[column];
      result[text * width + column] = sums[column];
    }
  }
  return result;
}

/** A LoRA branch on the first layer. */
export interface Branch {
  /** `[features, rank]`, row-major */
  readonly down: Floats;
  /** `[width, rank]`, row-major */
  readonly up: Floats;
  /** The factor of up * down. */
  readonly scale: number;
  readonly rank: number;
}

/** Adds what a branch adds to the first layer, `[texts, width]`. */
export function addBranch(
  sums: Float64Array,
  texts: EncodedTexts,
  values: Values,
  { down, up, scale, rank }: Branch,
): void {
  const width = up.length / rank;
  const factors = sumRows(texts, values, down, new Float64Array(rank));
  const round = up instanceof Float32Array ? fround : (value: number): number => value;
  for (let k = 0; k < sums.length; k += 1) {
    const [text, column] = [Math.floor(k / width), k % width];
    for (let r = 0; r < rank; r += 1) {
      sums[k] = round(sums[k] + round(scale * round(factors[text * rank + r])) * up[column * rank + r]);
    }
  }
}

/**
 * Returns the weight of the first layer with a branch in it.
 * @param weight `[features, width]`, row-major, as is the result
 */
export function withBranch(weight: Floats, { down, up, scale, rank }: Branch): Floats {
  const width = up.length / rank;
  return weight.map((value, k) => {
    const [feature, column] = [Math.floor(k / width), k % width];
    let sum = 0;
    for (let r = 0; r < rank; r += 1) sum += down[feature * rank + r] * up[column * rank + r];
    return value + scale * sum;
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

let scratch = new Float32Array(1 << 10);

/** Returns the values of a text, which are there until the next call. */
function valuesOf(
  { ids, counts }: EncodedTexts,
  { start, end }: Range,
  { weights, normalize, gain }: Values,
): Float32Array {
  const length = end - start;
  if (length > scratch.length) scratch = new Float32Array(2 * length);
  let squares = 0;
  for (let k = 0; k < length; k += 1) {
    const weight = weights === null ? 1 : weights[ids[start + k]];
    const value = counts === null ? weight : weight * counts[start + k];
    scratch[k] = value;
    squares += value * value;
  }
  const measure = normalize === 'length' ? length : normalize ? squares : 0;
  // A text whose features weigh nothing stays as it is.
  const factor = measure > 0 ? gain / Math.sqrt(measure) : gain;
  if (factor !== 1) for (let k = 0; k < length; k += 1) scratch[k] *= factor;
  return scratch;
}

/** Does what `addRows` does where there are two columns, as in most models. */
function addPairs(sums: Floats, matrix: Floats, ids: FeatureIds, { start, end }: Range, values: Float32Array): void {
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

/** Adds rows, four at a time: to read and write a sum takes as long as a product. */
function addFloat32Rows(
  sums: Float32Array,
  matrix: Float32Array,
  ids: FeatureIds,
  { start, end }: Range,
  values: Float32Array,
): void {
  const { length: width } = sums;
  let k = start;
  for (; k + 4 <= end; k += 4) {
    const [v0, v1, v2, v3] = [values[k - start], values[k - start + 1], values[k - start + 2], values[k - start + 3]];
    const [r0, r1, r2, r3] = [ids[k] * width, ids[k + 1] * width, ids[k + 2] * width, ids[k + 3] * width];
    for (let c = 0; c < width; c += 1) {
      let sum = fround(sums[c] + v0 * matrix[r0 + c]);
      sum = fround(sum + v1 * matrix[r1 + c]);
      sum = fround(sum + v2 * matrix[r2 + c]);
      sums[c] = sum + v3 * matrix[r3 + c];
    }
  }
  addRows(sums, matrix, ids, { start: k, end }, values.subarray(k - start));
}

function addRows(sums: Floats, matrix: Floats, ids: FeatureIds, { start, end }: Range, values: Float32Array): void {
  const { length: width } = sums;
  for (let k = start; k < end; k += 1) {
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
