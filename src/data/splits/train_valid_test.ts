import { ImdbTorchError } from '../../errors.js';
import type { TimeSlices } from '../../system/time_slices.js';
import type { CollectedReviews, CollectedSplit, SplitName } from '../collected_reviews.js';
import { noMovies } from '../imdb/movies.js';
import { pickOrigins } from '../origins.js';
import { gather } from '../numbers/gather.js';
import { PythonRandom } from '../numbers/python_random.js';

/** The share that is held out for testing where a source has no test reviews. */
const testShare = 0.2;
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
  /** False: reviews may be too few for validation and test, which have none then. */
  toTrain?: boolean | undefined;
}

/**
 * Shuffles the training reviews as Python's `random.shuffle` does and holds out the last ones for validation; given
 * validation and test reviews as read. Without test reviews a fifth of each class is held out first.
 * @throws ImdbTorchError ERR_DATASET when a split would be empty, ERR_USAGE when validation leaves nothing to train on;
 *   the reason of the signal of `slices`
 */
export async function splitReviews(
  collected: CollectedReviews,
  { seed, valid: wanted, split = 'random', toTrain = true }: SplitOptions,
  slices: TimeSlices,
): Promise<Record<SplitName, CollectedSplit>> {
  const byMovie = split === 'movie' || (split === 'auto' && collected.movies !== undefined);
  const all = {
    ...nonEmpty(collected.split('train'), 'train', collected),
    ...(byMovie && { movies: moviesOf(collected) }),
  };
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
  const isHeld = train.movies && holdOutMovies(collected, train.movies, size, seed);
  const [kept, heldOut] =
    isHeld === undefined
      ? [order.slice(0, order.length - size), order.slice(order.length - size)]
      : [order.filter((index) => isHeld[index] === 0), order.filter((index) => isHeld[index] === 1)];
  const picked = { train: pick(train, kept), valid: pick(train, heldOut), test };
  if (slices.isOver) await slices.next();
  return picked;
}

function moviesOf(collected: CollectedReviews): Int32Array {
  if (collected.movies === undefined) throw noMovies(collected.location);
  return collected.movies();
}

/** Marks all reviews of movies at random, at most `size` reviews. @returns `[reviews]`: 1 for those held out */
function holdOutMovies({ location }: CollectedReviews, movies: Int32Array, size: number, seed: number): Uint8Array {
  const reviewsOfMovie = new Map<number, number[]>();
  movies.forEach((movie, index) => {
    const reviews = reviewsOfMovie.get(movie);
    if (reviews === undefined) reviewsOfMovie.set(movie, [index]);
    else reviews.push(index);
  });
  const shuffled = Int32Array.from(reviewsOfMovie.keys());
  new PythonRandom(seed).shuffle(shuffled);
  const isHeld = new Uint8Array(movies.length);
  let left = size;
  for (const movie of shuffled) {
    const reviews = reviewsOfMovie.get(movie) ?? [];
    if (reviews.length > left) continue;
    for (const index of reviews) isHeld[index] = 1;
    left -= reviews.length;
  }
  if (left === size) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a validation size of all reviews of a movie at least but every movie of ${location} has more than ${size}; hold out more.`,
    );
  }
  return isHeld;
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

/** Takes a fifth of each class, at random; both parts keep the order of the source. */
function holdOutTest(
  { location, notes }: CollectedReviews,
  all: CollectedSplit,
  seed: number,
  toTrain: boolean,
): { train: CollectedSplit; test: CollectedSplit } {
  const ofClass: number[][] = notes.classes.map(() => []);
  all.labels.forEach((label, index) => ofClass[label]?.push(index));
  const random = new PythonRandom(seed);
  const isHeld = new Uint8Array(all.rows.length);
  for (const indices of ofClass) {
    const count = Math.round(indices.length * testShare);
    const order = Int32Array.from(indices);
    random.shuffle(order);
    for (const index of order.subarray(0, count)) isHeld[index] = 1;
  }
  const indices = Int32Array.from(all.rows, (_, index) => index);
  const test = pick(
    all,
    indices.filter((index) => isHeld[index] === 1),
  );
  if (test.rows.length > 0 || !toTrain)
    return {
      train: pick(
        all,
        indices.filter((index) => isHeld[index] === 0),
      ),
      test,
    };
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected at least three reviews of a class, to hold one out for testing, but ${location} has fewer; give more, or a test file.`,
  );
}

function pick({ rows, labels, origins, movies }: CollectedSplit, order: Int32Array): CollectedSplit {
  return {
    ...(movies && { movies: gather(movies, order) }),
    rows: gather(rows, order),
    labels: gather(labels, order),
    origins: pickOrigins(origins, order),
  };
}
