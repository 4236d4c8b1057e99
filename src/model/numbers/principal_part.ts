import { addProduct } from './matrices.js';

/** Rotations below this share of the largest element change nothing. */
const negligible = 1e-15;
const mostSweeps = 60;

/**
 * Subtracts the best approximation of a matrix of a given rank from it: what PiSSA (Meng et al. 2024) moves into the
 * branch. It is U U^T W, where U has the eigenvectors of W W^T with the largest eigenvalues.
 * @param matrix `[rows, columns]`, row-major
 */
export function subtractPrincipalPart(matrix: Float64Array, rows: number, rank: number): void {
  const { values, vectors } = eigenOf(gramOf(matrix, rows), rows);
  const order = Array.from(values.keys()).sort((one, other) => values[other] - values[one]);
  const columns = matrix.length / rows;
  const up = new Float64Array(rows * rank);
  for (let k = 0; k < rank; k += 1) {
    for (let row = 0; row < rows; row += 1) up[row * rank + k] = vectors[row * rows + order[k]];
  }
  const down = new Float64Array(rank * columns);
  for (let row = 0; row < rows; row += 1) {
    const own = matrix.subarray(row * columns, (row + 1) * columns);
    for (let k = 0; k < rank; k += 1) {
      const factor = up[row * rank + k];
      for (let column = 0; column < columns; column += 1) down[k * columns + column] += factor * own[column];
    }
  }
  addProduct(matrix, up, down, { rank, scale: -1 });
}

/** Returns the products of all pairs of rows, `[rows, rows]`. */
function gramOf(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  const gram = new Float64Array(rows * rows);
  for (let one = 0; one < rows; one += 1) {
    for (let other = 0; other <= one; other += 1) {
      let sum = 0;
      for (let column = 0; column < columns; column += 1)
        sum += matrix[one * columns + column] * matrix[other * columns + column];
      gram[one * rows + other] = gram[other * rows + one] = sum;
    }
  }
  return gram;
}

/**
 * Finds the eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations (Golub and Van Loan, _Matrix
 * Computations_, section 8.5), which are exact to rounding.
 * @param matrix `[size, size]`; is overwritten
 * @returns the vectors in the columns of `[size, size]`
 */
function eigenOf(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let k = 0; k < size; k += 1) vectors[k * size + k] = 1;
  const least = negligible * matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let isDone = false;
  for (let sweep = 0; sweep < mostSweeps && !isDone; sweep += 1) {
    isDone = true;
    for (let p = 0; p < size; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        if (Math.abs(matrix[p * size + q]) <= least) continue;
        isDone = false;
        rotate(matrix, vectors, size, [p, q]);
      }
    }
  }
  return { values: Float64Array.from({ length: size }, (_, k) => matrix[k * size + k]), vectors };
}

/** Rotates the plane of two axes so that the element between them is 0. */
function rotate(matrix: Float64Array, vectors: Float64Array, size: number, [p, q]: [number, number]): void {
  const between = matrix[p * size + q];
  const ratio = (matrix[q * size + q] - matrix[p * size + p]) / (2 * between);
  const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (const array of [matrix, vectors]) {
    for (let k = 0; k < size; k += 1) {
      const [one, other] = [array[k * size + p], array[k * size + q]];
      array[k * size + p] = cosine * one - sine * other;
      array[k * size + q] = sine * one + cosine * other;
    }
  }
  for (let k = 0; k < size; k += 1) {
    const [one, other] = [matrix[p * size + k], matrix[q * size + k]];
    matrix[p * size + k] = cosine * one - sine * other;
    matrix[q * size + k] = sine * one + cosine * other;
  }
}
