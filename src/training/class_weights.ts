import { ImdbTorchError } from '../errors.js';

/**
 * How much the reviews of each class count in the loss: all the same; `balanced`, `n / (K n_k)` where `n_k` of the `n`
 * reviews are of class k of the K classes that have any, as scikit-learn; or by name, 1 for what is not named.
 */
export type ClassWeighting = 'none' | 'balanced' | Readonly<Record<string, number>>;

/**
 * Returns the factor of each class, as `trainBatches` takes them; undefined for `none`.
 * @param labels of the reviews that are trained on
 * @param classes their names
 * @throws ImdbTorchError ERR_USAGE for the name of no class, or a factor that is no finite number above 0
 */
export function classWeightsOf(
  weighting: ClassWeighting,
  labels: Int32Array,
  classes: readonly string[],
): Float64Array | undefined {
  if (weighting === 'none') return undefined;
  if (weighting === 'balanced') return balancedWeights(labels, classes.length);
  const named = new Map(Object.entries(weighting));
  for (const [name, weight] of named) {
    if (!classes.includes(name)) throw unknownClass(name, classes);
    if (weight > 0 && Number.isFinite(weight)) continue;
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a finite number above 0 for ${JSON.stringify(name)} in the option classWeight but received ${String(weight)}.`,
    );
  }
  return Float64Array.from(classes, (name) => named.get(name) ?? 1);
}

function balancedWeights(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] = (counts[label] ?? NaN) + 1;
  const present = counts.reduce((sum, count) => sum + Math.sign(count), 0);
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
}

/** The number of classes that a message lists. */
const listedClasses = 10;

function unknownClass(name: string, classes: readonly string[]): ImdbTorchError {
  const listed = classes.slice(0, listedClasses).join(', ') + (classes.length > listedClasses ? ', ...' : '');
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected names of classes in the option classWeight but received ${JSON.stringify(name)}; the classes are ${listed}.`,
  );
}
