import { fitMatrix, mapOfFactor, mapOfLine, type LinearMap } from './linear_map.js';
import { binScores, fitPlatt } from './platt.js';
import { standardize } from './standardized.js';
import { fitInverseTemperature } from './temperature.js';

/** The kinds of maps from scores to logits: of one score, one factor for all scores, and a matrix. */
export type MapKind = 'sigmoid' | 'temperature' | 'matrix';

/** Out-of-fold scores with their classes. */
export interface FoldedScores {
  /** `[n, columns]`, row-major: one column for two classes, else one a class */
  scores: Float64Array;
  /** `[n]` */
  labels: Int32Array;
  classes: number;
  /** `[n]`: the fold of each example, from 0 */
  fold: Int32Array;
}

/** Maps of one kind. */
export interface MapFitter {
  /** Fitted to all scores. */
  all: LinearMap;
  /** Fits to the scores of all folds but one, from where the fit to all scores ended. */
  without: (fold: number) => LinearMap;
}

/** Newton's steps square the distance, so that what is left after this one is far below float32. */
const smallestStep = 1e-4;

/** Fits a map to all scores. */
export function mapFitter(kind: MapKind, of: FoldedScores): MapFitter {
  switch (kind) {
    case 'sigmoid':
      return sigmoidFitter(of);
    case 'temperature':
      return temperatureFitter(of);
    case 'matrix':
      return matrixFitter(of);
  }
}

function sigmoidFitter({ scores, labels, fold }: FoldedScores): MapFitter {
  const standardized = standardize(scores, 1);
  const binned = binScores(standardized.values, labels, fold);
  const line = fitPlatt(binned, null);
  return {
    all: mapOfLine(line, standardized),
    without: (left) => mapOfLine(fitPlatt(binned, left, line), standardized),
  };
}

function temperatureFitter({ scores, labels, classes, fold }: FoldedScores): MapFitter {
  const factor = fitInverseTemperature(scores, labels, classes, { smallestStep });
  return {
    all: mapOfFactor(factor, classes),
    without: (left) => {
      const rows = rowsWhere(fold, (each) => each !== left);
      const others = gatherRows(scores, classes, rows);
      return mapOfFactor(
        fitInverseTemperature(others, gatherLabels(labels, rows), classes, { start: factor, smallestStep }),
        classes,
      );
    },
  };
}

function matrixFitter({ scores, labels, classes, fold }: FoldedScores): MapFitter {
  // The standardisation is that of all scores, so that the folds' fits have the same minimum but for the examples.
  const standardized = standardize(scores, classes);
  const all = fitMatrix({ scores: standardized, labels, classes });
  return {
    all,
    without: (left) => {
      const rows = rowsWhere(fold, (each) => each !== left);
      const values = gatherRows(standardized.values, classes, rows);
      return fitMatrix({ scores: { ...standardized, values }, labels: gatherLabels(labels, rows), classes }, all);
    },
  };
}

/** Returns the rows whose fold is accepted, in their order. */
export function rowsWhere(fold: Int32Array, accepts: (fold: number) => boolean): Uint32Array {
  const rows = new Uint32Array(fold.length);
  let count = 0;
  for (let row = 0; row < fold.length; row += 1) {
    if (!accepts(fold[row])) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

/** Copies rows of a row-major matrix. */
export function gatherRows(matrix: Float64Array, columns: number, rows: Uint32Array): Float64Array {
  const gathered = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i += 1) {
    for (let c = 0; c < columns; c += 1) gathered[i * columns + c] = matrix[rows[i] * columns + c];
  }
  return gathered;
}

/** Copies the labels of rows. */
export function gatherLabels(labels: Int32Array, rows: Uint32Array): Int32Array {
  const gathered = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) gathered[i] = labels[rows[i]];
  return gathered;
}
