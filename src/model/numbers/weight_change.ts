import type { StoredTensor } from '../../storage/stored_tensor.js';
import type { Vocabulary } from '../../text/vocabulary.js';
import { idsOfLargest } from '../../portable/numbers/largest.js';

/** The Euclidean norms of a change of a weight `[hidden, words]`, in all, by hidden unit and by word. */
export interface WeightChange {
  /** Norm of the whole change. */
  norm: number;
  /** Norm of the whole weight before it. */
  weightNorm: number;
  /** Norm of the change of each hidden unit's row. */
  units: number[];
  /**
   * The words whose columns change most, most first, with the norms of the change and of the column before it; n-grams of
   * characters are none.
   */
  words: { word: string; norm: number; weightNorm: number }[];
}

/**
 * Sums up a change of a weight.
 * @param change,weight `[hidden, words]`, row-major floats
 * @param vocabulary names of the columns
 * @param count number of words to name
 */
export function summarizeWeightChange(
  change: StoredTensor,
  weight: StoredTensor,
  vocabulary: Vocabulary,
  count: number,
): WeightChange {
  const changed = squaredNorms(change);
  const before = squaredNorms(weight);
  const norm = (squares: Float64Array, index: number): number => Math.sqrt(squares[index]);
  return {
    norm: Math.sqrt(total(changed.rows)),
    weightNorm: Math.sqrt(total(before.rows)),
    units: Array.from(changed.rows, Math.sqrt),
    words: idsOfLargest((id) => (vocabulary.isOfCharacters(id) ? -1 : norm(changed.columns, id)), {
      length: vocabulary.size,
      count,
    })
      .filter((id) => !vocabulary.isOfCharacters(id))
      .map((id) => ({
        word: vocabulary.word(id),
        norm: norm(changed.columns, id),
        weightNorm: norm(before.columns, id),
      })),
  };
}

function squaredNorms({ shape, data }: StoredTensor): { rows: Float64Array; columns: Float64Array } {
  const [height = 0, width = 0] = shape;
  const [rows, columns] = [new Float64Array(height), new Float64Array(width)];
  for (let row = 0, index = 0; row < height; row += 1) {
    let sum = 0;
    for (let column = 0; column < width; column += 1, index += 1) {
      const square = Number(data[index]) ** 2;
      sum += square;
      columns[column] += square;
    }
    rows[row] = sum;
  }
  return { rows, columns };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
