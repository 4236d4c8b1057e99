/** The two p-values of McNemar's test. */
export interface McNemarTest {
  /** The mid-p-value. */
  midP: number;
  /** The exact conditional p-value, which is never below it. */
  exactP: number;
}

/**
 * Tests whether two models that are asked about the same examples are right equally often, by the examples on which only one
 * is: they would be heads and tails of a fair coin (McNemar 1947; for models that are trained once, Dietterich 1998,
 * _Approximate Statistical Tests for Comparing Supervised Classification Learning Algorithms_). The mid-p-value is the one to
 * go by, be they few or many: exact p-values and the chi-square with a continuity correction are too large (Fagerland,
 * Lydersen and Laake 2013, _The McNemar test for binary matched-pairs data_).
 * @param onlyFirst number of examples on which only the first model is right
 * @param onlySecond the same of the second
 */
export function mcNemarTest(onlyFirst: number, onlySecond: number): McNemarTest {
  const count = onlyFirst + onlySecond;
  if (count === 0) return { midP: 1, exactP: 1 };
  const least = Math.min(onlyFirst, onlySecond);
  const point = Math.exp(logOfPoint(count, least));
  if (onlyFirst === onlySecond) return { midP: 1 - point / 2, exactP: 1 };
  const exactP = 2 * point * tailOver(count, least);
  return { midP: exactP - point, exactP };
}

/** ln of the probability of `heads` among `count` throws of a fair coin. */
function logOfPoint(count: number, heads: number): number {
  let sum = -count * Math.LN2;
  for (let k = 1; k <= heads; k += 1) sum += Math.log((count - heads + k) / k);
  return sum;
}

/** The probability of at most so many heads, divided by that of exactly so many, which are less than half. */
function tailOver(count: number, heads: number): number {
  let [sum, term] = [1, 1];
  for (let k = heads; k > 0 && term > sum * Number.EPSILON; k -= 1) {
    term *= k / (count - k + 1);
    sum += term;
  }
  return sum;
}
