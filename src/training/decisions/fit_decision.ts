import { rangeError } from '../../arguments.js';
import { checkSizes } from '../numbers/classification_report.js';
import type { MetricName } from '../metric_names.js';
import { crossFit, macroF1Offsets, type OffsetFitter, type Offsets, type Outcome } from './numbers/cross_fitting.js';
import type { LinearMap } from './numbers/linear_map.js';
import { mapFitter, type FoldedScores, type MapKind } from './numbers/map_fitter.js';

/** How scores become probabilities and a predicted class. */
export interface Decision extends LinearMap {
  kind: MapKind;
  /** `[classes]`: what is added to the logarithms of the probabilities before the largest is taken; null for nothing. */
  offsets: Offsets;
}

export interface DecisionOptions {
  classes: number;
  /** The metric that predicted classes are to be good by. */
  metric: MetricName;
  /** The kind of map; that of `mapKindOf` without it. */
  kind?: MapKind;
}

/** A decision, and what it brings for examples that it was not fitted to. */
export interface CrossFittedOutcome extends Outcome {
  /** Fitted to all scores. */
  decision: Decision;
}

/** Examples that a matrix needs for each of its numbers: with fewer it is worse than none. */
const examplesPerNumber = 40;

/** Returns the number of columns that scores of so many classes have: one for two classes, else one a class. */
export function scoreColumns(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** Returns the kind of map for so many classes and examples: a matrix only where there are 40 examples for each number. */
export function mapKindOf(classes: number, examples: number): MapKind {
  if (classes === 2) return 'sigmoid';
  return examples >= examplesPerNumber * classes ** 2 ? 'matrix' : 'temperature';
}

/**
 * Fits how out-of-fold scores become calibrated probabilities, `softmax(map * scores + bias)`, and a predicted class.
 * Of two classes it is Platt's sigmoid (1999); of more a matrix by multinomial logistic regression on standardised
 * scores, or a temperature (Guo et al. 2017). For macro-F1 it adds offsets: of two classes the best threshold, of more
 * a multiple of -ln of the classes' shares. Other metrics have none.
 * @param scores `[n, columns]`, row-major: of two classes one column, the score of the second; else one a class
 * @param labels `[n]`
 * @throws RangeError for scores of another length, for labels that are no class, and for no examples
 */
export function fitDecision(scores: Float64Array, labels: Int32Array, options: DecisionOptions): Decision {
  const of = { scores, labels, classes: options.classes, fold: new Int32Array(labels.length) };
  checkScores(of);
  return fitToAll(of, options).decision;
}

/**
 * Predicts the examples of each fold by a decision that is fitted to the scores of the other folds, so that its
 * metrics are not flattered by the fit.
 * @param fold `[n]`: the fold of each example, from 0; two at least
 * @throws RangeError as `fitDecision` does, and for folds of another length or fewer than two
 */
export function crossFittedOutcome(
  scores: Float64Array,
  labels: Int32Array,
  fold: Int32Array,
  options: DecisionOptions,
): CrossFittedOutcome {
  const of = { scores, labels, classes: options.classes, fold };
  checkScores(of);
  if (new Set(fold).size < 2) throw rangeError('two folds or more', 'fold', String(new Set(fold).size));
  const { decision, maps, offsetsOf } = fitToAll(of, options);
  return { ...crossFit(of, maps, offsetsOf), decision };
}

function fitToAll(of: FoldedScores, options: DecisionOptions) {
  const kind = options.kind ?? mapKindOf(of.classes, of.labels.length);
  const maps = mapFitter(kind, of);
  const offsetsOf: OffsetFitter = options.metric === 'macro-f1' ? macroF1Offsets(of) : () => null;
  const { map, bias } = maps.all;
  const decision: Decision = { map, bias, kind, offsets: offsetsOf(maps.all, () => true) };
  return { decision, maps, offsetsOf };
}

function checkScores({ scores, labels, classes, fold }: FoldedScores): void {
  const expected = labels.length * scoreColumns(classes);
  if (labels.length === 0) throw rangeError('an example or more', 'labels', '0');
  if (scores.length !== expected) throw rangeError(`${expected} numbers`, 'scores', String(scores.length));
  if (fold.length !== labels.length) throw rangeError(`${labels.length} numbers`, 'fold', String(fold.length));
  checkSizes('scores', labels, classes, {});
}
