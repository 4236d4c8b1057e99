import { createHash } from 'node:crypto';
import type { TimeSlices } from '../../system/time_slices.js';
import type { CollectedReviews, CollectedSplit, SplitName } from '../collected_reviews.js';
import { quoteSome } from '../tables/label_spelling.js';

type Splits = Readonly<Record<SplitName, CollectedSplit>>;

const fewReviews = 3;
/** A split with fewer reviews per class may well miss one. */
const enoughPerClass = 10;
/** Fewer classes are often as few as that in a small file that is meant so. */
const manyClasses = 20;

/** Returns sentences about what is unusual once the reviews are split: scarce classes, and texts that come again. */
export async function splitNotes(
  { digests, notes: { classes } }: CollectedReviews,
  splits: Splits,
  slices: TimeSlices,
): Promise<string[]> {
  const notes = [...classNotes(classes, splits), ...groupNotes(splits)];
  return digests === undefined ? notes : [...notes, ...(await repetitionNotes(digests, splits, slices))];
}

function classNotes(classes: readonly string[], { train, valid, test }: Splits): string[] {
  const total = train.labels.length + valid.labels.length + test.labels.length;
  if (classes.length >= manyClasses && total < fewReviews * classes.length) {
    const counts = `${classes.length} different labels in ${total.toLocaleString('en')} rows`;
    return [`There are ${counts}, which is what a wrong column gives: is it the one with the labels?`];
  }
  const scarce = (split: CollectedSplit, below: number): string[] => {
    const counts = new Int32Array(classes.length);
    for (const label of split.labels) counts[label] = (counts[label] ?? 0) + 1;
    return classes.filter((_, label) => (counts[label] ?? 0) < below);
  };
  const few = scarce(train, fewReviews);
  const missing = (split: CollectedSplit): string[] =>
    split.rows.length < enoughPerClass * classes.length ? [] : scarce(split, 1);
  const [unvalidated, untested] = [missing(valid), missing(test)];
  return [
    ...(few.length > 0 ? [`Fewer than ${fewReviews} training reviews have the ${labels(few)}.`] : []),
    ...(unvalidated.length > 0 ? [`No validation review has the ${labels(unvalidated)}.`] : []),
    ...(untested.length > 0 ? [`No test review has the ${labels(untested)}.`] : []),
  ];
}

/** Tells of groups that files of several splits have, which nothing holds apart. */
function groupNotes({ train, valid, test }: Splits): string[] {
  const training = new Set(train.groups);
  const others = [
    ['validation', valid],
    ['test', test],
  ] as const;
  return others.flatMap(([what, { groups = new Int32Array(0) }]) => {
    const count = groups.filter((group) => training.has(group)).length;
    const [many, all] = [count, groups.length].map((number) => number.toLocaleString('en'));
    const is = count === 1 ? 'is of a group' : 'are of groups';
    return count === 0 ? [] : [`${many} of the ${all} ${what} reviews ${is} that training reviews are of, too.`];
  });
}

function labels(names: readonly string[]): string {
  return `${names.length === 1 ? 'label' : 'labels'} ${quoteSome(names)}`;
}

async function repetitionNotes(digests: readonly number[], splits: Splits, slices: TimeSlices): Promise<string[]> {
  /** The label that a text first comes with; -1: it has come with two. */
  const labelOf = new Map<number, number>();
  let contradictory = 0;
  const countKnown = async ({ rows, labels: own }: CollectedSplit, known: ReadonlySet<number>): Promise<number> => {
    let count = 0;
    for (const [index, row] of rows.entries()) {
      const [digest = 0, label = 0] = [digests[row], own[index]];
      if (known.has(digest)) count += 1;
      const first = labelOf.get(digest) ?? label;
      if (first !== -1 && first !== label) contradictory += 1;
      labelOf.set(digest, first === label ? label : -1);
      if (slices.isOver) await slices.next();
    }
    return count;
  };
  await countKnown(splits.train, new Set());
  const training = new Set(labelOf.keys());
  const notes: string[] = [];
  for (const [what, split] of [
    ['validation', splits.valid],
    ['test', splits.test],
  ] as const) {
    const count = await countKnown(split, training);
    const [many, all] = [count, split.rows.length].map((number) => number.toLocaleString('en'));
    const has = count === 1 ? 'has' : 'have';
    if (count > 0) notes.push(`${many} of the ${all} ${what} reviews ${has} the text of a training review.`);
  }
  const texts = `${contradictory.toLocaleString('en')} ${contradictory === 1 ? 'text comes' : 'texts come'}`;
  return contradictory === 0 ? notes : [...notes, `${texts} again with another label.`];
}

/** Returns the SHA-256 of what was read, wherever it lies and however it is packed; null where there are no digests. */
export function textsSha256({ digests, notes }: CollectedReviews, splits: Splits): string | null {
  if (digests === undefined) return null;
  const labelOf = new Int32Array(digests.length);
  for (const { rows, labels: own } of Object.values(splits)) {
    for (const [index, row] of rows.entries()) labelOf[row] = own[index] ?? 0;
  }
  const tested = notes.testHeldOut ? null : splits.test.rows.length;
  const hash = createHash('sha256').update(JSON.stringify([notes.classes, tested]));
  return hash.update(Float64Array.from(digests)).update(labelOf).digest('hex');
}
