import type { PortableLayers } from '../../../portable/portable_classifier.js';

/** What features do to a model, whatever its layers. */
export interface Effects {
  /** `[features]` for each column of the first layer, or one for the log-odds of a linear model of two classes. */
  readonly columns: readonly Float64Array[];
  /** The biases of the columns. */
  readonly bias: Float64Array;
}

/**
 * Returns what each feature adds to the first layer when it comes once and its text's norm is 1.
 * @param weights `[features]`; null: 1
 * @param isLogOdds whether the two columns of a linear model are to be one, the second less the first
 */
export function effectsOf(
  { first: { weight, bias } }: PortableLayers,
  weights: Float32Array | null,
  isLogOdds: boolean,
): Effects {
  const width = bias.length;
  const features = weight.length / width;
  const columns = Array.from({ length: isLogOdds ? 1 : width }, (_, column) =>
    Float64Array.from({ length: features }, (__, id) => {
      const value = isLogOdds ? weight[2 * id + 1] - weight[2 * id] : weight[id * width + column];
      return value * (weights === null ? 1 : weights[id]);
    }),
  );
  return { columns, bias: isLogOdds ? Float64Array.of(bias[1] - bias[0]) : Float64Array.from(bias) };
}

/**
 * Returns how much each feature can change the classes' logits, as all its columns together do: the root of the sum of the
 * squares of what it adds, times what each column counts for. What it adds to all classes alike counts for nothing.
 * @returns `[features]`
 */
export function strengthsOf({ columns }: Effects, { output }: PortableLayers): Float64Array {
  const { length: width } = columns;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const reach = columns.map((_, column) => {
    if (output === null) return 1;
    const own = Array.from(output.bias, (__, label) => output.weight[label * width + column]);
    const centre = mean(own);
    return Math.hypot(...own.map((value) => value - centre));
  });
  return columns[0].map((_, id) => {
    const own = columns.map((column, index) => column[id] * reach[index]);
    const centre = output === null && width > 1 ? mean(own) : 0;
    return Math.sqrt(own.reduce((sum, value) => sum + (value - centre) ** 2, 0));
  });
}

/** Adds up how many texts have each feature. @param features their number @returns `[features]`, each one more */
export function frequenciesOf(ids: Iterable<number>, features: number): Float64Array {
  // A feature that these texts lack may come in others.
  const frequencies = new Float64Array(features).fill(1);
  for (const id of ids) frequencies[id] += 1;
  return frequencies;
}

/** Returns the numbers of the features, those that matter most first. */
export function byImportance(strengths: Float64Array, frequencies: Float64Array): Int32Array {
  const importance = strengths.map((strength, id) => strength * frequencies[id]);
  return Int32Array.from(importance.keys()).sort((one, other) => importance[other] - importance[one] || one - other);
}
