/** Arithmetic on row-major matrices in typed arrays. */
type Floats = Float32Array | Float64Array;

/** Side of the squares in which a matrix is transposed: those of both matrices are in the cache. */
const square = 32;

/** Returns the transpose of a matrix, in the type of its elements. */
export function transposed(matrix: Floats, rows: number): Floats {
  const columns = matrix.length / rows;
  const result = matrix instanceof Float32Array ? new Float32Array(matrix.length) : new Float64Array(matrix.length);
  for (let left = 0; left < columns; left += square) {
    const right = Math.min(left + square, columns);
    for (let top = 0; top < rows; top += square) {
      const bottom = Math.min(top + square, rows);
      for (let column = left; column < right; column += 1)
        for (let row = top; row < bottom; row += 1) result[column * rows + row] = matrix[row * columns + column];
    }
  }
  return result;
}

/** Adds `scale * up * down` to `sum`. @param up `[rows, rank]` @param down `[rank, columns]` */
export function addProduct(
  sum: Float64Array,
  up: Floats,
  down: Floats,
  { rank, scale }: { rank: number; scale: number },
): void {
  const columns = down.length / rank;
  const rows = up.length / rank;
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < rank; k += 1) {
      const factor = scale * up[row * rank + k];
      const from = k * columns;
      const to = row * columns;
      for (let column = 0; column < columns; column += 1) sum[to + column] += factor * down[from + column];
    }
  }
}

/** Scales each row of a matrix to the Euclidean norm that `norms` has for it, as DoRA does (Liu et al. 2024). */
export function scaleRowsTo(matrix: Float64Array, norms: Floats): void {
  const columns = matrix.length / norms.length;
  norms.forEach((norm, index) => {
    const row = matrix.subarray(index * columns, (index + 1) * columns);
    const factor = norm / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let column = 0; column < columns; column += 1) row[column] *= factor;
  });
}
