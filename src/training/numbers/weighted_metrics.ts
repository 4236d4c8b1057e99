import { countClasses, lossesOf, macroF1, rankingScores, type ClassCounts } from './metric_values.js';

/** A metric of examples of which each counts so often, `[n]`. NaN where it is not defined. */
export type WeightedMetric = (weights: Int32Array) => number;

/** @param values `[n]` */
export function weightedMean(values: Float64Array): WeightedMetric {
  return (weights) => {
    let [sum, count] = [0, 0];
    for (let row = 0; row < weights.length; row += 1) {
      sum += weights[row] * values[row];
      count += weights[row];
    }
    return sum / count;
  };
}

export function weightedAccuracy(labels: Int32Array, predicted: Int32Array): WeightedMetric {
  return weightedMean(Float64Array.from(labels, (label, row) => Number(label === predicted[row])));
}

export function weightedLogLoss(labels: Int32Array, probabilities: Float64Array, classes: number): WeightedMetric {
  return weightedMean(lossesOf(labels, probabilities, classes));
}

/** The macro-F1 of `macroF1`. */
export function weightedMacroF1(labels: Int32Array, predicted: Int32Array, classes: number): WeightedMetric {
  const counts: ClassCounts = countClasses(new Int32Array(0), new Int32Array(0), classes);
  return (weights) => {
    for (const each of [counts.labelled, counts.predicted, counts.right]) each.fill(0);
    for (let row = 0; row < weights.length; row += 1) {
      const weight = weights[row];
      counts.labelled[labels[row]] += weight;
      counts.predicted[predicted[row]] += weight;
      if (labels[row] === predicted[row]) counts.right[labels[row]] += weight;
    }
    return macroF1(counts);
  };
}

/** The area under the ROC curve of `meanRocAuc`. */
export function weightedRocAuc(labels: Int32Array, probabilities: Float64Array, classes: number): WeightedMetric {
  const ranked = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
  const areas = ranked.map((positive) => areaOf(rankingScores(probabilities, classes, positive), labels, positive));
  return (weights) => {
    let [sum, count] = [0, 0];
    for (const area of areas) {
      const value = area(weights);
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    return sum / count;
  };
}

/** The area of one class, whose examples stand in the order of their scores once for all weights. */
function areaOf(scores: Float64Array, labels: Int32Array, positive: number): WeightedMetric {
  const order = Int32Array.from(scores.keys()).sort((one, other) => scores[one] - scores[other]);
  const isPositive = Uint8Array.from(order, (row) => Number(labels[row] === positive));
  const startsGroup = Uint8Array.from(order, (row, place) =>
    Number(place === 0 || scores[row] !== scores[order[place - 1]]),
  );
  return (weights) => {
    // Of the examples with lower scores, and of those with the present one: positive and negative ones.
    let [area, positives, negatives, own, others] = [0, 0, 0, 0, 0];
    for (let place = 0; place < order.length; place += 1) {
      if (startsGroup[place] === 1) {
        area += own * (negatives + others / 2);
        positives += own;
        negatives += others;
        [own, others] = [0, 0];
      }
      const weight = weights[order[place]];
      own += weight * isPositive[place];
      others += weight * (1 - isPositive[place]);
    }
    area += own * (negatives + others / 2);
    return area / ((positives + own) * (negatives + others));
  };
}
