import { createBags, type BagWeighting } from '../../model/bags.js';
import type { Bags } from '../../model/native.js';
import type { EncodedTexts } from '../../text/bag_writer.js';

type LabelledTexts = EncodedTexts & { labels: Int32Array };

/** Gives `use` bags that are freed when it returns. */
export function withBags<T>(
  texts: LabelledTexts,
  weighting: BagWeighting,
  use: (bags: Bags, labels: Int32Array) => T,
): T {
  using bags = createBags(texts, weighting);
  return use(bags, texts.labels);
}

/** Returns bags, to be disposed of, and what `use` makes of them; where that fails they are freed. */
export function keepBags<T>(
  texts: LabelledTexts,
  weighting: BagWeighting,
  use: (bags: Bags, labels: Int32Array) => T,
): { bags: Bags; result: T } {
  const bags = createBags(texts, weighting);
  try {
    return { bags, result: use(bags, texts.labels) };
  } catch (error) {
    bags.dispose();
    throw error;
  }
}
