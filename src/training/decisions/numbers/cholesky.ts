/** Replaces a symmetric positive definite matrix by its Cholesky factor, in its lower triangle. @param matrix `[size, size]` */
export function factorize(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const row = i * size;
    for (let j = 0; j <= i; j += 1) {
      const other = j * size;
      let sum = matrix[row + j];
      for (let k = 0; k < j; k += 1) sum -= matrix[row + k] * matrix[other + k];
      // A pivot that rounding has made negative stands for one that is nearly 0.
      matrix[row + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / matrix[other + j];
    }
  }
}

/** Solves `L L' x = vector` in place. @param factor what `factorize` leaves */
export function solve(factor: Float64Array, vector: Float64Array): void {
  const size = vector.length;
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) vector[i] -= factor[i * size + k] * vector[k];
    vector[i] /= factor[i * size + i];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    vector[i] /= factor[i * size + i];
    for (let k = 0; k < i; k += 1) vector[k] -= factor[i * size + k] * vector[i];
  }
}
