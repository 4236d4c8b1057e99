import { setImmediate } from 'node:timers/promises';
import { LinearSolver } from '../../model/native.js';
import type { LinearReviews } from './linear_reviews.js';
import type { Weighting } from '../../text/weighting/weightings.js';

/** What decides a linear model, apart from its reviews. */
export interface LinearFit {
  readonly weighting: Weighting;
  /** How much mistakes cost against large weights: C of LIBLINEAR and of scikit-learn's `LinearSVC`. */
  readonly cost: number;
}

/** Models to fit on the same reviews. */
export interface FitJob {
  /** The reviews to fit on. */
  readonly rows: Int32Array;
  /** The reviews whose scores are wanted; none by default. */
  readonly scored?: Int32Array;
  readonly fits: readonly LinearFit[];
}

/** A fitted model: one linear function for each column. Two classes have one column, the score of the second class. */
export interface FittedModel {
  /** `[scored, columns]` */
  readonly scores: Float32Array;
  /** `[columns, features]`: the weights of the unscaled features; null unless they were to be kept. */
  readonly weights: readonly Float32Array[] | null;
  /** `[columns]` */
  readonly biases: Float64Array;
}

export interface FitOptions {
  readonly seed: number;
  /** `[classes]`: factors of the cost of each class's reviews; null: all 1. */
  readonly classWeights: Float64Array | null;
  readonly keepWeights: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Is told how many of all linear functions are fitted. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The native side works for about as many milliseconds between two turns of the event loop. */
const sliceMilliseconds = 50;

/**
 * Fits linear models with squared hinge loss, one class against the rest.
 * @returns for each job its fitted models, in the order of its fits
 * @throws the reason of `signal`
 */
export async function fitLinear(
  reviews: LinearReviews,
  jobs: readonly FitJob[],
  options: FitOptions,
): Promise<FittedModel[][]> {
  const { signal, seed, classWeights, keepWeights, onProgress } = options;
  const scales: Float32Array[] = [];
  const models = jobs.flatMap(({ rows, fits }, job) => {
    const first = scales.length;
    const weightings = [...new Set(fits.map(({ weighting }) => weighting))];
    scales.push(...reviews.scales(weightings, rows));
    return fits.flatMap(({ weighting, cost }) =>
      reviews.columnClasses.map((positive) => ({
        rows: job,
        scale: first + weightings.indexOf(weighting),
        cost,
        positive,
      })),
    );
  });
  using solver = new LinearSolver(reviews.bags, {
    rowSets: jobs.map(({ rows }) => rows),
    scoredRows: jobs.map(({ scored = noRows }) => scored),
    scales,
    models,
    normalize: reviews.normalize,
    ...(classWeights && { classWeights }),
    seed,
    keepWeights,
  });
  for (let done = 0; done < models.length;) {
    done = solver.run(sliceMilliseconds);
    onProgress?.(done, models.length);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return readModels(solver, reviews, jobs, keepWeights);
}

const noRows = new Int32Array(0);

function readModels(
  solver: LinearSolver,
  { columnClasses: { length: columns } }: LinearReviews,
  jobs: readonly FitJob[],
  keepWeights: boolean,
): FittedModel[][] {
  let next = 0;
  return jobs.map(({ scored = noRows, fits }) =>
    fits.map(() => {
      const own = Array.from({ length: columns }, (_, column) => next + column);
      next += columns;
      const scores = new Float32Array(scored.length * columns);
      own.forEach((model, column) => {
        solver.scores(model).forEach((score, row) => {
          scores[row * columns + column] = score;
        });
      });
      const weights = keepWeights ? own.map((model) => solver.weights(model)) : null;
      return { scores, weights, biases: Float64Array.from(own, (model) => solver.bias(model)) };
    }),
  );
}
