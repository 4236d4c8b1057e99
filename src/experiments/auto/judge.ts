import assert from 'node:assert/strict';
import type { MetricName } from '../../training/metric_names.js';
import {
  crossFittedOutcome,
  fitDecision,
  mapKindOf,
  type Decision,
  type DecisionOptions,
} from '../../training/decisions/fit_decision.js';
import type { Outcome } from '../../training/decisions/numbers/cross_fitting.js';
import {
  measureMetric,
  pairedDifference,
  type MeasuredMetric,
  type PairedDifference,
} from '../../training/decisions/measured_metric.js';
import { firstFolds, type FoldPlan } from '../../training/linear/fold_plan.js';
import type { OutOfFold } from '../../training/linear/out_of_fold.js';
import { averageOf, type Candidate } from './candidate.js';

/** How well a candidate does on reviews that it was not fitted on. */
export interface Judgement {
  readonly candidate: Candidate;
  /** The number of folds that it was judged on. */
  readonly folds: number;
  readonly measured: MeasuredMetric;
  /** The predictions of the held-out reviews, of one repeat behind the other; see `FoldPlan.rows`. */
  readonly outcome: Outcome;
}

interface JudgeOptions {
  /** `[reviews]` */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly metric: MetricName;
  /** Whether thresholds may be fitted for the metric. */
  readonly decision: 'argmax' | 'fitted';
}

/** With fewer reviews a fold says nothing of candidates that are nearly as good as each other. */
const leastToScreen = 50;

/** Judges candidates by their out-of-fold scores, with the decision that is fitted on those of the other folds. */
export class Judge {
  constructor(
    readonly outOfFold: OutOfFold,
    readonly plan: FoldPlan,
    readonly options: JudgeOptions,
  ) {}

  /** Whether one fold says enough to leave candidates out: it has some reviews, and all classes. */
  get screens(): boolean {
    const { folds } = this.plan;
    const [first] = folds;
    if (first === undefined || folds.length === 1 || first.heldOut.length < leastToScreen) return false;
    return new Set(Array.from(first.heldOut, (row) => this.options.labels[row])).size === this.options.classes;
  }

  /** Judges a candidate whose models are fitted in the first `folds` folds. */
  judge(candidate: Candidate, folds: number): Judgement {
    const { scores } = this.outOfFold.average(averageOf(candidate), folds);
    const outcome = this.#crossFit(scores, folds);
    const { metric } = this.options;
    const measured = measureMetric(metric, this.#labelsOfRepeat(folds), this.#repeatsOf(outcome, folds));
    return { candidate, folds, measured, outcome };
  }

  /** Predicts by decisions of the other folds, each repeat by itself: the others have the same reviews in other folds. */
  #crossFit(scores: Float64Array, folds: number): Outcome {
    const { classes } = this.options;
    const { labels, parts, repeats } = this.#heldOut(folds);
    const [held, columns] = [labels.length / repeats, scores.length / labels.length];
    const predicted = new Int32Array(labels.length);
    const probabilities = new Float64Array(labels.length * classes);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const [start, end] = [repeat * held, (repeat + 1) * held];
      const own = crossFittedOutcome(
        scores.slice(start * columns, end * columns),
        labels.slice(start, end),
        parts.slice(start, end),
        this.#decisionOptions,
      );
      predicted.set(own.predicted, start);
      probabilities.set(own.probabilities, start * classes);
    }
    return { predicted, probabilities };
  }

  /** Returns by how much `one` is better than `other`, and the standard error of that. */
  gain(one: Judgement, other: Judgement): PairedDifference {
    return pairedDifference(one.measured, other.measured, this.#labelsOfRepeat(one.folds));
  }

  /** Fits the decision of a candidate on all its out-of-fold scores. */
  decide(candidate: Candidate): { decision: Decision; deviations: readonly number[] } {
    const { folds } = this.plan;
    const { labels } = this.#heldOut(folds.length);
    const { scores, deviations } = this.outOfFold.average(averageOf(candidate), folds.length);
    return { decision: fitDecision(scores, labels, this.#decisionOptions), deviations };
  }

  /** Returns the probabilities by the models of all folds, the mean over the repeats, `[reviews, classes]`. */
  probabilities(candidate: Candidate): Float64Array {
    const { length: folds } = this.plan.folds;
    const repeats = this.#repeatsOf(this.judge(candidate, folds).outcome, folds);
    const [first, ...others] = repeats.map(({ probabilities }) => probabilities);
    assert(first, 'there is a repeat at least');
    return first.map((own, index) => others.reduce((sum, other) => sum + (other[index] ?? NaN), own) / repeats.length);
  }

  get #decisionOptions(): DecisionOptions {
    const { classes, metric, decision } = this.options;
    const { rows, repeats } = this.plan;
    // The most probable class is what serves accuracy.
    const fittedFor = decision === 'fitted' ? metric : 'accuracy';
    return { classes, metric: fittedFor, kind: mapKindOf(classes, rows.length / repeats) };
  }

  /** Takes apart the predictions of the repeats, each in the order of the first. */
  #repeatsOf({ predicted, probabilities }: Outcome, folds: number): Outcome[] {
    const { rows, repeats } = firstFolds(this.plan, folds);
    if (repeats === 1) return [{ predicted, probabilities }];
    const { classes } = this.options;
    const held = rows.length / repeats;
    return Array.from({ length: repeats }, (_, repeat) => {
      const start = repeat * held;
      const order = Int32Array.from({ length: held }, (_place, place) => start + place);
      order.sort((one, other) => (rows[one] ?? 0) - (rows[other] ?? 0));
      return {
        predicted: Int32Array.from(order, (place) => predicted[place] ?? 0),
        probabilities: Float64Array.from({ length: held * classes }, (_number, index) => {
          const place = order[Math.floor(index / classes)] ?? 0;
          return probabilities[place * classes + (index % classes)] ?? NaN;
        }),
      };
    });
  }

  /** The labels of what `#repeatsOf` returns. */
  #labelsOfRepeat(folds: number): Int32Array {
    const { rows, repeats } = firstFolds(this.plan, folds);
    const own = repeats === 1 ? rows : rows.slice(0, rows.length / repeats).sort();
    return Int32Array.from(own, (row) => this.options.labels[row] ?? 0);
  }

  #heldOut(folds: number): { labels: Int32Array; parts: Int32Array; repeats: number } {
    const { rows, parts, repeats } = firstFolds(this.plan, folds);
    return { labels: Int32Array.from(rows, (row) => this.options.labels[row] ?? 0), parts, repeats };
  }
}
