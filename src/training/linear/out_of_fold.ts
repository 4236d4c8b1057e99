import { joinFloats } from '../../data/numbers/gather.js';
import { fitLinear, type FitOptions, type LinearFit } from './linear_fits.js';
import { averageScores, doubtfulRows } from '../numbers/linear_scores.js';
import type { LinearReviews } from './linear_reviews.js';

/** Reviews to fit on, and others whose scores say how good the model is. */
export interface Fold {
  readonly fit: Int32Array;
  readonly heldOut: Int32Array;
}

/** What decides an averaged model: the features it looks at and the models that are averaged. */
export interface AveragedFit {
  /** The name of the features that it looks at. */
  readonly set: string;
  readonly fits: readonly LinearFit[];
  /** The share of the reviews, those whose labels the other reviews doubt most, that it is not fitted on. */
  readonly cleanUp: number;
}

/** The number of folds by which doubtful reviews are found among those that a model is fitted on. */
const innerFolds = 3;
/** Doubtful reviews are found by models that trust labels less: by this factor of the cost. */
const doubtingCost = 1 / 3;

/**
 * Scores of reviews by models that were not fitted on them. Each model is fitted once, whatever asks for it: averages share
 * their parts.
 */
export class OutOfFold {
  readonly #scores = new Map<string, Float32Array>();

  constructor(
    readonly reviewsWith: (set: string) => LinearReviews,
    readonly folds: readonly Fold[],
    readonly options: Omit<FitOptions, 'keepWeights' | 'onProgress'>,
  ) {}

  /** Fits what is still missing to score the held-out reviews of the first `folds` folds. */
  async prepare(averages: readonly AveragedFit[], folds: number, onProgress?: FitOptions['onProgress']): Promise<void> {
    const parts = averages.filter(({ cleanUp }) => cleanUp === 0);
    for (const set of new Set(parts.map((part) => part.set))) {
      const reviews = this.reviewsWith(set);
      const wanted = parts.filter((part) => part.set === set).flatMap(({ fits }) => fits);
      const jobs = this.folds.slice(0, folds).map(({ fit, heldOut }, fold) => ({
        rows: fit,
        scored: heldOut,
        fits: unique(wanted).filter((own) => !this.#scores.has(keyOf(set, own, fold))),
      }));
      const fitted = await fitLinear(reviews, jobs, { ...this.options, keepWeights: false, onProgress });
      fitted.forEach((models, fold) => {
        models.forEach(({ scores }, index) => {
          const own = jobs[fold]?.fits[index];
          if (own) this.#scores.set(keyOf(set, own, fold), scores);
        });
      });
    }
    for (const average of averages) if (average.cleanUp > 0) await this.#prepareCleaned(average, folds);
  }

  async #prepareCleaned(average: AveragedFit, folds: number): Promise<void> {
    const { set, fits } = average;
    const reviews = this.reviewsWith(set);
    for (const [fold, { fit, heldOut }] of this.folds.slice(0, folds).entries()) {
      if (fits.every((own) => this.#scores.has(keyOf(set, own, fold, average)))) continue;
      const rows = await cleanedRows(reviews, fit, average, this.options);
      const [models = []] = await fitLinear(reviews, [{ rows, scored: heldOut, fits }], {
        ...this.options,
        keepWeights: false,
      });
      models.forEach(({ scores }, index) => {
        const own = fits[index];
        if (own) this.#scores.set(keyOf(set, own, fold, average), scores);
      });
    }
  }

  /** Returns the scores of each part of an average, `[held-out reviews of the folds one behind the other, columns]`. */
  partsOf(average: AveragedFit, folds: number): Float32Array[] {
    const { set, fits } = average;
    return fits.map((own) => {
      const parts = Array.from({ length: folds }, (_, fold) => this.#scores.get(keyOf(set, own, fold, average)));
      return joinFloats(parts.filter((part) => part !== undefined));
    });
  }

  /** Returns the averaged scores and what each part's were divided by. */
  average(of: AveragedFit, folds: number): { scores: Float64Array; deviations: number[] } {
    return averageScores(this.partsOf(of, folds));
  }
}

/**
 * Returns the reviews of `rows` without the share of them whose labels models of the others doubt most.
 * @throws the reason of the signal of `options`
 */
export async function cleanedRows(
  reviews: LinearReviews,
  rows: Int32Array,
  { fits, cleanUp }: AveragedFit,
  options: OutOfFold['options'],
): Promise<Int32Array> {
  const folds = Array.from({ length: innerFolds }, (_, fold) => ({
    rows: rows.filter((_row, index) => index % innerFolds !== fold),
    scored: rows.filter((_row, index) => index % innerFolds === fold),
    fits: fits.map(({ weighting, cost }) => ({ weighting, cost: cost * doubtingCost })),
  }));
  const fitted = await fitLinear(reviews, folds, { ...options, keepWeights: false });
  const parts = fits.map((_, index) => joinFloats(fitted.flatMap((models) => models[index]?.scores ?? [])));
  const scored = Int32Array.from(folds.flatMap((fold) => Array.from(fold.scored)));
  const { scores } = averageScores(parts);
  const doubtful = doubtfulRows(scores, scored, reviews, cleanUp);
  return rows.filter((row) => !doubtful.has(row));
}

function unique(fits: readonly LinearFit[]): LinearFit[] {
  return [...new Map(fits.map((fit) => [nameOf(fit), fit])).values()];
}

/** Models of cleaned reviews depend on the whole average, by which the doubtful ones were found. */
function keyOf(set: string, fit: LinearFit, fold: number, average?: AveragedFit): string {
  const cleaned = average === undefined || average.cleanUp === 0 ? [] : [average.cleanUp, ...average.fits.map(nameOf)];
  return [set, fold, nameOf(fit), ...cleaned].join(' ');
}

function nameOf({ weighting, cost }: LinearFit): string {
  return `${weighting} ${cost}`;
}
