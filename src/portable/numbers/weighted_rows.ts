/** Adds rows of a row-major matrix to `sums`, each times its value. @param rows the number of each row; default: 0, 1, ... */
export function addRows(
  sums: Float64Array,
  matrix: Float64Array,
  values: ArrayLike<number>,
  rows?: ArrayLike<number>,
): void {
  const columns = sums.length;
  for (let k = 0; k < values.length; k += 1) {
    const start = (rows === undefined ? k : rows[k]) * columns;
    const value = values[k];
    for (let column = 0; column < columns; column += 1) sums[column] += value * matrix[start + column];
  }
}

/** Writes `bias + factor * sums` to `out`. */
export function scaleAndShift(out: Float64Array, sums: Float64Array, factor: number, bias: Float64Array): void {
  for (let column = 0; column < out.length; column += 1) out[column] = bias[column] + factor * sums[column];
}
