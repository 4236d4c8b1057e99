/** Columns with mean 0 and standard deviation 1, and how they came about. */
export interface Standardized {
  /** `[n, columns]`, row-major */
  values: Float64Array;
  /** `[columns]` */
  means: Float64Array;
  /** `[columns]`: 1 for a column of equal numbers, which becomes one of zeros. */
  deviations: Float64Array;
}

/** Standardises the columns of a row-major matrix, as scikit-learn's `StandardScaler` does. */
export function standardize(matrix: Float64Array, columns: number): Standardized {
  const rows = matrix.length / columns;
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let start = 0; start < matrix.length; start += columns) {
    for (let c = 0; c < columns; c += 1) means[c] += matrix[start + c] / rows;
  }
  for (let start = 0; start < matrix.length; start += columns) {
    for (let c = 0; c < columns; c += 1) squares[c] += (matrix[start + c] - means[c]) ** 2 / rows;
  }
  const deviations = squares.map((square, column) => {
    // What rounding leaves of equal numbers is no deviation.
    const rounding = Number.EPSILON * Math.abs(means[column]) * rows;
    return Math.sqrt(square) > rounding ? Math.sqrt(square) : 0;
  });
  const values = new Float64Array(matrix.length);
  for (let start = 0; start < matrix.length; start += columns) {
    for (let c = 0; c < columns; c += 1) {
      if (deviations[c] > 0) values[start + c] = (matrix[start + c] - means[c]) / deviations[c];
    }
  }
  return { values, means, deviations: deviations.map((deviation) => (deviation === 0 ? 1 : deviation)) };
}
