/** Returns `one` minus `other`, element by element. */
export function subtract(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, index) => value - other[index]);
}

/** Returns a row-major matrix minus `row` in each of its rows. */
export function subtractFromRows(matrix: Float64Array, row: Float64Array): Float64Array {
  return matrix.map((value, index) => value - row[index % row.length]);
}
