import { ImdbTorchError } from '../../errors.js';
import type { TimeSlices } from '../../system/time_slices.js';
import { splitNames, type CollectedReviews, type CollectedSplit, type SplitName } from '../collected_reviews.js';
import { noMovies } from '../imdb/movies.js';
import { joinOrigins, pickOrigins } from '../origins.js';
import { gather, joinNumbers } from '../numbers/gather.js';
import { PythonRandom } from '../numbers/python_random.js';
import { markGroups, markTest } from './hold_out.js';

const largestDefaultValidation = 5000;
const defaultValidationShare = 0.2;

export interface SplitOptions {
  /** Decides the order of the training reviews, and which are held out for testing. */
  seed: number;
  /**
   * The number of shuffled training reviews, the last ones, that are held out where the source has no validation
   * reviews. Null holds out a fifth of them, at most 5000.
   */
  valid: number | null;
  /**
   * Says what is shuffled and held out for validation: by default single reviews (`random`). With `movie` whole movies
   * are, all reviews of each, as long as they fit; what a review says of its movie, and not of the opinion, then does
   * not count. `auto` takes movies where they are known.
   */
  split?: 'random' | 'movie' | 'auto' | undefined;
  /** True: all reviews, those of the source for validation and test too, are training reviews, and none are held out. */
  whole?: boolean | undefined;
  /** False: reviews may be too few for validation and test, which have none then. */
  toTrain?: boolean | undefined;
}

/**
 * Shuffles the training reviews as Python's `random.shuffle` does and holds out the last ones for validation; given
 * validation and test reviews as read. Without test reviews a fifth of each class is held out first; no group is parted.
 * @throws ImdbTorchError ERR_DATASET when a split would be empty, ERR_USAGE when validation leaves nothing to train on;
 *   the reason of the signal of `slices`
 */
export async function splitReviews(
  collected: CollectedReviews,
  { seed, valid: wanted, split = 'random', whole = false, toTrain = true }: SplitOptions,
  slices: TimeSlices,
): Promise<Record<SplitName, CollectedSplit>> {
  if (whole) return allToTrain(collected, seed);
  const all = trainingReviews(collected, split);
  await slices.next();
  const given = collected.split('test');
  await slices.next();
  const givenValid = collected.split('valid');
  const valid = givenValid !== null && toTrain ? nonEmpty(givenValid, 'valid', collected) : givenValid;
  const held = given === null ? holdOutTest(collected, all, seed, toTrain) : null;
  const test = held?.test ?? nonEmpty(given, 'test', collected);
  const train = held?.train ?? all;
  const order = Int32Array.from(train.rows, (_, index) => index);
  new PythonRandom(seed).shuffle(order);
  if (slices.isOver) await slices.next();
  if (valid !== null) return { train: pick(train, order), valid, test };
  const size = checkedValidationSize(collected, order.length, wanted, toTrain);
  const isHeld = train.groups && markGroups(train.groups, size, seed, wanted === null);
  if (train.groups && size > 0 && isHeld?.includes(1) === false && (toTrain || wanted !== null)) {
    throw noGroupToHoldOut(collected, train.groups, size);
  }
  const [kept, heldOut] =
    isHeld === undefined
      ? [order.slice(0, order.length - size), order.slice(order.length - size)]
      : [order.filter((index) => isHeld[index] === 0), order.filter((index) => isHeld[index] === 1)];
  const picked = { train: pick(train, kept), valid: pick(train, heldOut), test };
  if (slices.isOver) await slices.next();
  return picked;
}

/** Joins and shuffles all reviews of a source. */
function allToTrain(collected: CollectedReviews, seed: number): Record<SplitName, CollectedSplit> {
  const parts = splitNames.flatMap((name) => collected.split(name) ?? []);
  const groups = parts.flatMap((part) => part.groups ?? []);
  const all = {
    rows: joinNumbers(parts.map(({ rows }) => rows)),
    labels: joinNumbers(parts.map(({ labels }) => labels)),
    origins: joinOrigins(parts.map(({ origins }) => origins)),
    ...(groups.length > 0 && groups.length === parts.length && { groups: joinNumbers(groups) }),
  };
  const order = Int32Array.from(all.rows, (_, index) => index);
  new PythonRandom(seed).shuffle(order);
  const none = pick(all, new Int32Array(0));
  return { train: pick(nonEmpty(all, 'train', collected), order), valid: none, test: none };
}

/** Returns the training reviews with their groups: those of a column or, where it is so split, their movies. */
function trainingReviews(collected: CollectedReviews, split: SplitOptions['split']): CollectedSplit {
  const all = nonEmpty(collected.split('train'), 'train', collected);
  const byMovie = split === 'movie' || (split === 'auto' && collected.movies !== undefined);
  if (all.groups !== undefined || !byMovie) return all;
  if (collected.movies === undefined) throw noMovies(collected.location);
  return { ...all, groups: collected.movies() };
}

function noGroupToHoldOut({ location, movies }: CollectedReviews, groups: Int32Array, size: number): ImdbTorchError {
  const group = movies === undefined ? 'group' : 'movie';
  const message =
    new Set(groups).size < 2
      ? `Expected at least two ${group}s in the training reviews of ${location}, to hold one out for validation, but they have one; give others, or files for validation and test.`
      : `Expected a validation size of all reviews of a ${group} at least but every ${group} of ${location} has more than ${size}; hold out more.`;
  return new ImdbTorchError('ERR_USAGE', message);
}

function nonEmpty(split: CollectedSplit | null, name: SplitName, { location }: CollectedReviews): CollectedSplit {
  if (split !== null && split.rows.length > 0) return split;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected reviews for the ${name} split but ${location} has none; give other data.`,
  );
}

function checkedValidationSize(
  { location }: CollectedReviews,
  reviews: number,
  given: number | null,
  toTrain: boolean,
): number {
  const ofShare = Math.max(1, Math.floor(reviews * defaultValidationShare));
  const size = given ?? Math.min(largestDefaultValidation, ofShare);
  if (size < reviews) return size;
  if (!toTrain) return 0;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a validation size below the ${reviews} training reviews of ${location} but received ${size}; hold out fewer.`,
  );
}

/** Takes a fifth at random; both parts keep the order of the source. */
function holdOutTest(
  collected: CollectedReviews,
  all: CollectedSplit,
  seed: number,
  toTrain: boolean,
): { train: CollectedSplit; test: CollectedSplit } {
  const isHeld = markTest(all, collected.notes.classes.length, seed);
  if (toTrain && !isHeld.includes(1)) throw nothingToHoldOut(collected, all);
  const part = (held: number): CollectedSplit => {
    const indices = Int32Array.from(all.rows, (_, index) => index);
    return pick(
      all,
      indices.filter((index) => isHeld[index] === held),
    );
  };
  return { train: part(0), test: part(1) };
}

function nothingToHoldOut({ location }: CollectedReviews, { groups }: CollectedSplit): ImdbTorchError {
  const [expected, received] =
    groups === undefined
      ? ['three reviews of a class, to hold one out for testing,', `${location} has fewer; give more`]
      : ['two groups of reviews, to hold one out for testing,', `all of ${location} are of one; give others`];
  return new ImdbTorchError('ERR_DATASET', `Expected at least ${expected} but ${received}, or a test file.`);
}

function pick({ rows, labels, origins, groups }: CollectedSplit, order: Int32Array): CollectedSplit {
  return {
    ...(groups && { groups: gather(groups, order) }),
    rows: gather(rows, order),
    labels: gather(labels, order),
    origins: pickOrigins(origins, order),
  };
}
