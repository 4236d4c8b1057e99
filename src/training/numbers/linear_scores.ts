/** Scores of linear functions: `[rows, columns]`, one column for two classes. */

/**
 * Adds up the scores of models, each divided by the standard deviation of all its scores, so that all weigh the same
 * whatever their scale.
 */
export function averageScores(parts: readonly Float32Array[]): { scores: Float64Array; deviations: number[] } {
  const deviations = parts.map(deviationOf);
  const scores = new Float64Array(parts[0].length);
  parts.forEach((part, index) => {
    const factor = 1 / (parts.length * deviations[index]);
    for (let i = 0; i < scores.length; i += 1) scores[i] += part[i] * factor;
  });
  return { scores, deviations };
}

/** The standard deviation; 1 where all are the same. */
function deviationOf(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  return deviation > 0 ? deviation : 1;
}

/**
 * Returns the rows of each class whose scores speak most against their label: by the score of the label less the largest
 * other one. Of each class the same share, since all reviews of a rare class have low scores.
 * @param scores `[rows, columns]` @param of `labels` of all reviews, by row
 */
export function doubtfulRows(
  scores: Float64Array,
  rows: Int32Array,
  { labels, columns }: { labels: Int32Array; columns: number },
  share: number,
): Set<number> {
  const margins = Float64Array.from(rows, (row, index) => marginOf(scores, index, labels[row], columns));
  const order = Int32Array.from(rows, (_, index) => index);
  order.sort((one, other) => margins[one] - margins[other] || rows[one] - rows[other]);
  const left = new Map<number, number>();
  for (const row of rows) left.set(labels[row], (left.get(labels[row]) ?? 0) + share);
  const doubtful = new Set<number>();
  for (const index of order) {
    const row = rows[index];
    const some = (left.get(labels[row]) ?? 0) - 1;
    if (some < 0) continue;
    left.set(labels[row], some);
    doubtful.add(row);
  }
  return doubtful;
}

function marginOf(scores: Float64Array, index: number, label: number, columns: number): number {
  if (columns === 1) return label === 1 ? scores[index] : -scores[index];
  let other = -Infinity;
  for (let column = 0; column < columns; column += 1) {
    if (column !== label) other = Math.max(other, scores[index * columns + column]);
  }
  return scores[index * columns + label] - other;
}

/** A linear function of each class, of features as they are. */
export interface LinearTable {
  /** `[classes, features]` */
  readonly weight: Float32Array;
  /** `[classes]` */
  readonly bias: Float32Array;
}

/** A model that takes part in an average. */
export interface AveragedPart {
  /** `[columns, features]` */
  readonly weights: readonly Float32Array[];
  /** `[columns]` */
  readonly biases: Float64Array;
  readonly deviation: number;
}

/**
 * Folds averaged models and the map from their scores to logits into one linear function of each class:
 * `logit_k = bias_k + sum over columns c of map[k, c] * score_c`.
 */
export function foldParts(
  parts: readonly AveragedPart[],
  { map, bias }: { map: Float64Array; bias: Float64Array },
): LinearTable {
  const columns = parts[0].weights.length;
  const features = parts[0].weights[0].length;
  const classes = bias.length;
  const weight = new Float32Array(classes * features);
  const averaged = new Float64Array(columns * features);
  const offsets = new Float64Array(columns);
  for (const { weights, biases, deviation } of parts) {
    const factor = 1 / (parts.length * deviation);
    for (let column = 0; column < columns; column += 1) {
      const own = weights[column];
      const start = column * features;
      for (let id = 0; id < features; id += 1) averaged[start + id] += own[id] * factor;
      offsets[column] += biases[column] * factor;
    }
  }
  const folded = Float32Array.from(bias, (own, k) => {
    let sum = own;
    for (let column = 0; column < columns; column += 1) sum += map[k * columns + column] * offsets[column];
    return sum;
  });
  const row = new Float64Array(features);
  for (let k = 0; k < classes; k += 1) {
    row.fill(0);
    for (let column = 0; column < columns; column += 1) {
      const factor = map[k * columns + column];
      if (factor === 0) continue;
      const start = column * features;
      for (let id = 0; id < features; id += 1) row[id] += factor * averaged[start + id];
    }
    weight.set(row, k * features);
  }
  return { weight, bias: folded };
}
