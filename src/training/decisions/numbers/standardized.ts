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
  for (let i = 0; i < matrix.length; i += 1) means[i % columns] += matrix[i] / rows;
  for (let i = 0; i < matrix.length; i += 1) squares[i % columns] += (matrix[i] - means[i % columns]) ** 2 / rows;
  const deviations = squares.map((square, column) => {
    // What rounding leaves of equal numbers is no deviation.
    const rounding = Number.EPSILON * Math.abs(means[column]) * rows;
    return Math.sqrt(square) > rounding ? Math.sqrt(square) : 0;
  });
  const values = matrix.map((value, i) => {
    const column = i % columns;
    return deviations[column] === 0 ? 0 : (value - means[column]) / deviations[column];
  });
  return { values, means, deviations: deviations.map((deviation) => (deviation === 0 ? 1 : deviation)) };
}
