/** Arithmetic on stored tensors of floats; matrices are row-major. Results have the dtype of the first operand. */
import type { StoredTensor } from '../../storage/stored_tensor.js';

export function scaled(factor: number, tensor: StoredTensor): StoredTensor {
  return { ...tensor, data: floatsOf(tensor).map((value) => factor * value) };
}

/** Returns the sum of two tensors of one shape. */
export function plus(one: StoredTensor, other: StoredTensor): StoredTensor {
  const values = floatsOf(other);
  return { ...one, data: floatsOf(one).map((value, index) => value + values[index]) };
}

/** Returns a matrix with the rows of two. */
export function below(one: StoredTensor, other: StoredTensor): StoredTensor {
  const [rows = 0, columns = 0] = one.shape;
  const [otherRows = 0] = other.shape;
  const size = (rows + otherRows) * columns;
  const data = one.dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  data.set(floatsOf(one));
  data.set(floatsOf(other), one.data.length);
  return { dtype: one.dtype, shape: [rows + otherRows, columns], data };
}

/** Returns a matrix with the columns of two. */
export function beside(one: StoredTensor, other: StoredTensor): StoredTensor {
  return transposed(below(transposed(one), transposed(other)));
}

export function firstRows({ dtype, shape: [, columns = 0], data }: StoredTensor, count: number): StoredTensor {
  return { dtype, shape: [count, columns], data: data.slice(0, count * columns) };
}

export function firstColumns(matrix: StoredTensor, count: number): StoredTensor {
  return transposed(firstRows(transposed(matrix), count));
}

function transposed(matrix: StoredTensor): StoredTensor {
  const { dtype, shape } = matrix;
  const [rows = 0, columns = 0] = shape;
  const values = floatsOf(matrix);
  const data = values.map((_, index) => values[(index % rows) * columns + Math.floor(index / rows)]);
  return { dtype, shape: [columns, rows], data };
}

/** Returns the elements as floats: parameters and branches are never integers. */
function floatsOf({ data }: StoredTensor): Float32Array | Float64Array {
  return data as Float32Array | Float64Array;
}
