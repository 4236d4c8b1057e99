/** An example and how its label agrees with a model that has not seen it. */
export interface DoubtfulRow {
  /** Which example. */
  index: number;
  label: number;
  /** The most probable other class. */
  suggested: number;
  labelProbability: number;
  suggestedProbability: number;
  /** Counted among the wrong labels by confident learning. */
  isProbablyWrong: boolean;
}

export interface LabelDoubts {
  /** All examples, the most doubtful label first. */
  rows: DoubtfulRow[];
  /** `[label][class]`: how many examples with this label are of which class in truth, as confident learning estimates. */
  joint: number[][];
}

/** Thresholds are means of numbers that may all be the same. */
const rounding = 1e-9;

/**
 * Finds labels that are probably wrong by confident learning (Northcutt et al. 2021, _Confident Learning: Estimating
 * Uncertainty in Dataset Labels_). Rows are in the order of the normalised margin, the probability of the label less
 * that of the most probable other class. Those that both count as wrong are marked: as many of each label with the
 * lowest margin to each class as the confident joint has (pruning by noise rate), and as many of each label with the
 * lowest probability (pruning by class), where the model prefers another class.
 * @param probabilities `[n, classes]`, row-major, each of a model that was not trained on the example
 * @param labels `[n]`
 */
export function doubtfulRows(probabilities: Float64Array, labels: Int32Array): LabelDoubts {
  const classes = probabilities.length / labels.length;
  const of = { probabilities, labels, classes };
  const joint = confidentJoint(of);
  const wrong = wrongByBoth(of, joint);
  const rows = Array.from(labels, (label, index): DoubtfulRow => {
    const start = index * classes;
    const suggested = largestOther(probabilities, start, classes, label);
    const [labelProbability, suggestedProbability] = [probabilities[start + label], probabilities[start + suggested]];
    const isProbablyWrong = wrong[index] === 1 && suggestedProbability > labelProbability;
    return { index, label, suggested, labelProbability, suggestedProbability, isProbablyWrong };
  });
  const margin = (row: DoubtfulRow): number => row.labelProbability - row.suggestedProbability;
  rows.sort((one, other) => margin(one) - margin(other) || one.index - other.index);
  return { rows, joint };
}

interface LabelledProbabilities {
  probabilities: Float64Array;
  labels: Int32Array;
  classes: number;
}

function largestOther(probabilities: Float64Array, start: number, classes: number, label: number): number {
  let best = label === 0 && classes > 1 ? 1 : 0;
  for (let k = 0; k < classes; k += 1) {
    if (k !== label && probabilities[start + k] > probabilities[start + best]) best = k;
  }
  return best;
}

/**
 * Counts the examples of each label whose probability of a class is at least the mean of those labelled so, by the most
 * probable of such classes, scaled so that each label has as many as there are.
 */
function confidentJoint({ probabilities, labels, classes }: LabelledProbabilities): number[][] {
  const counts = new Float64Array(classes);
  const thresholds = new Float64Array(classes);
  labels.forEach((label, row) => {
    counts[label] += 1;
    thresholds[label] += probabilities[row * classes + label];
  });
  thresholds.forEach((sum, k) => (thresholds[k] = counts[k] === 0 ? Infinity : sum / counts[k] - rounding));
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, row) => {
    let best = -1;
    for (let k = 0; k < classes; k += 1) {
      const probability = probabilities[row * classes + k];
      if (probability >= thresholds[k] && (best === -1 || probability > probabilities[row * classes + best])) best = k;
    }
    if (best !== -1) joint[label][best] += 1;
  });
  return joint.map((row, label) => {
    const counted = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, k) => {
      if (counted === 0) return k === label ? counts[label] : 0;
      return (count / counted) * counts[label];
    });
  });
}

/** Marks with 1 the examples that are wrong by noise rate and by class. */
function wrongByBoth({ probabilities, labels, classes }: LabelledProbabilities, joint: number[][]): Uint8Array {
  const marks = new Uint8Array(labels.length);
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, row) => rowsOf[label].push(row));
  rowsOf.forEach((rows, label) => {
    const byNoiseRate = new Set<number>();
    const own = (row: number): number => probabilities[row * classes + label];
    for (let k = 0; k < classes; k += 1) {
      if (k === label || Math.round(joint[label][k]) === 0) continue;
      const margin = (row: number): number => own(row) - probabilities[row * classes + k];
      for (const row of lowest(rows, margin, joint[label][k])) byNoiseRate.add(row);
    }
    for (const row of lowest(rows, own, rows.length - joint[label][label])) {
      if (byNoiseRate.has(row)) marks[row] = 1;
    }
  });
  return marks;
}

/** The rows with the lowest values, of equal ones the first. */
function lowest(rows: readonly number[], valueOf: (row: number) => number, count: number): number[] {
  return rows.toSorted((one, other) => valueOf(one) - valueOf(other) || one - other).slice(0, Math.round(count));
}
