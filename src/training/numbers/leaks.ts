import type { FeatureIds } from '../../text/bag_writer.js';

/** A token whose presence gives a class away, in the training examples. */
export interface Leak {
  /** The feature's id. */
  feature: number;
  /** Class number. */
  label: number;
  /** Share of the examples with the token that are of the class. */
  precision: number;
  /** Share of the examples of the class that have the token. */
  recall: number;
}

const leastPrecision = 0.98;
const leastRecall = 0.5;
/** Of a class that nearly all examples are of, most tokens have a high precision: they have to be that much purer. */
const mostImpurity = 0.1;
/** With as many features as there are, pure chance finds one with this probability. */
const chance = 0.01;

/**
 * Finds for each class the feature that gives it away most, by precision times recall, the first of equal ones: at least
 * 98 % of the examples that have it are of the class, and half of the class have it.
 * @param examples ids of the features of each example, `ids` cut at `offsets [n + 1]`, each id once, and `labels [n]`
 * @param isToken says which features count
 */
export function findLeaks(
  { ids, offsets, labels }: { ids: FeatureIds; offsets: Int32Array; labels: Int32Array },
  { classes, features }: { classes: number; features: number },
  isToken: (feature: number) => boolean,
): Leak[] {
  const all = new Int32Array(features);
  for (const id of ids) all[id] += 1;
  const rowsOf = rowsByClass(labels, classes);
  const own = new Int32Array(features);
  return rowsOf.flatMap((rows, label) => {
    own.fill(0);
    for (const row of rows) for (let at = offsets[row]; at < offsets[row + 1]; at += 1) own[ids[at]] += 1;
    const share = rows.length / labels.length;
    const purest = Math.max(leastPrecision, 1 - mostImpurity * (1 - share));
    let best: Leak | null = null;
    for (let feature = 0; feature < features; feature += 1) {
      const [precision, recall] = [own[feature] / all[feature], own[feature] / rows.length];
      if (!(precision >= purest && recall >= leastRecall) || !isToken(feature)) continue;
      if (all[feature] * -Math.log(share) < Math.log(features / chance)) continue;
      if (best === null || precision * recall > best.precision * best.recall)
        best = { feature, label, precision, recall };
    }
    return best === null ? [] : [best];
  });
}

function rowsByClass(labels: Int32Array, classes: number): number[][] {
  const rows = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, row) => rows[label].push(row));
  return rows;
}
