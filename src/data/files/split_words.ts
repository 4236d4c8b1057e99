import type { SplitName } from '../collected_reviews.js';

const words: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  valid: ['valid', 'validation', 'val', 'dev', 'development', 'eval'],
  test: ['test', 'testing'],
};
const splitOfWord = new Map(
  Object.entries(words).flatMap(([split, all]) => all.map((word) => [word, split as SplitName] as const)),
);

/** Returns the split that a folder is named after, in any case; null for other names. */
export function splitOfFolder(name: string): SplitName | null {
  return splitOfWord.get(name.toLowerCase()) ?? null;
}

/**
 * Returns the split word in the name of a file, as in `train-00000-of-00002.parquet`, `my_train.csv` and `trainData.tsv`;
 * null without one, or with those of several splits.
 */
export function splitOfFile(name: string): { split: SplitName; word: string } | null {
  const apart = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const found = (apart.match(/[a-z]+/g) ?? []).flatMap((word) => {
    const split = splitOfWord.get(word);
    return split === undefined ? [] : [{ split, word }];
  });
  const [first] = found;
  return first !== undefined && found.every(({ split }) => split === first.split) ? first : null;
}
