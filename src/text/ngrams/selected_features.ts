import { none } from './occurrences.js';
import type { RunLevel } from './ngram_extender.js';
import { mostFrequent, unknownWord } from '../vocabulary.js';

export interface SelectedFeatures {
  /** Id -> tokens joined by blanks. */
  readonly names: readonly string[];
  /** `[lengths, runs]`: the id of each kept run of each length, or -1. */
  readonly ids: readonly Int32Array[];
}

export interface SelectionOptions {
  /** At most so many features, `<UNK>` included; null: all. */
  readonly vocabularySize: number | null;
  /** Whether id 0 is `<UNK>`. */
  readonly hasUnknown: boolean;
}

/**
 * The most frequent runs as features; of equally frequent ones the shorter first, then that whose run without its last
 * token comes first, then the first to appear.
 * @param levels the runs of 1, 2, 3, ... tokens
 * @param wordOf of word numbers
 */
export function selectFeatures(
  levels: readonly RunLevel[],
  wordOf: (number: number) => string,
  { vocabularySize, hasUnknown }: SelectionOptions,
): SelectedFeatures {
  const first = hasUnknown ? 1 : 0;
  const totals = new Int32Array(levels.reduce((sum, level) => sum + level.count, 0));
  const ids = new Int32Array(totals.length).fill(none);
  let end = 0;
  const idsOf = levels.map((level) => {
    totals.set(level.totals, end);
    return ids.subarray(end, (end += level.count));
  });
  const order = mostFrequent(totals, (vocabularySize ?? Infinity) - first);
  order.forEach((run, rank) => {
    ids[run] = rank + first;
  });
  const names = new Array<string>(first + order.length).fill(unknownWord);
  const [idOfWord = new Int32Array(0)] = idsOf;
  levels.forEach(({ left, last }, length) => {
    const idOfShorter = idsOf[length - 1];
    idsOf[length]?.forEach((id, run) => {
      if (id === none) return;
      // A run is never more frequent than one inside it, so whatever is inside a feature is a feature.
      names[id] =
        idOfShorter === undefined
          ? wordOf(last[run] ?? 0)
          : `${names[idOfShorter[left[run] ?? 0] ?? none] ?? ''} ${names[idOfWord[last[run] ?? 0] ?? none] ?? ''}`;
    });
  });
  return { names, ids: idsOf };
}
