/** Examples with the same label that two models predict alike, as one group; metrics of classes tell no more apart. */
export interface AlikeExamples {
  /** `[n]`: the group of each example. */
  groups: Int32Array;
  /** `[groups]`: the label of its examples, and what either model predicts for them. */
  labels: Int32Array;
  first: Int32Array;
  second: Int32Array;
}

/**
 * Groups examples.
 * @param labels `[n]`
 * @param first `[n]`: the classes that one model predicts
 * @param second `[n]`: those of the other
 */
export function groupAlike(labels: Int32Array, first: Int32Array, second: Int32Array): AlikeExamples {
  const found = new Map<string, number>();
  const rows: number[] = [];
  const groups = labels.map((label, row) => {
    const key = `${label} ${first[row]} ${second[row]}`;
    const group = found.get(key) ?? found.size;
    if (group === rows.length) {
      found.set(key, group);
      rows.push(row);
    }
    return group;
  });
  const ofRows = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row]);
  return { groups, labels: ofRows(labels), first: ofRows(first), second: ofRows(second) };
}
