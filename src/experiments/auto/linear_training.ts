import { performance } from 'node:perf_hooks';
import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import type { Decision } from '../../training/decisions/fit_decision.js';
import { joinReviews } from '../../data/splits/reviews.js';
import { crossValidationPlan, heldOutPlan, type FoldPlan } from '../../training/linear/fold_plan.js';
import { fitLinear } from '../../training/linear/linear_fits.js';
import type { LinearReviews } from '../../training/linear/linear_reviews.js';
import { cleanedRows, OutOfFold } from '../../training/linear/out_of_fold.js';
import type { MetricName } from '../../training/metric_names.js';
import { foldParts, type LinearTable } from '../../training/numbers/linear_scores.js';
import { averageOf, featuresOf, type Candidate } from './candidate.js';
import { FeatureSets } from './feature_sets.js';
import { Judge, type Judgement } from './judge.js';
import { learningCurve, type LearningCurve } from './learning_curve.js';
import { planSearch, type SearchPlan } from './plan.js';
import { searchCandidates, type SearchEvents, type SearchResult } from './search.js';

/** The options of a linear model as they come in, and as they were chosen. */
export interface LinearOptions extends Candidate {
  readonly characterWeight: number;
  readonly seed: number;
  /** Number of folds by which the decision is fitted and candidates are compared; null: the reviews held out for validation. */
  readonly folds: number | null;
  readonly repeats: number;
  readonly metric: MetricName;
  readonly decision: 'argmax' | 'fitted';
  readonly search: 'none' | 'auto' | 'wide';
  /** The names of options that a search takes as they are. */
  readonly fixed: readonly string[];
  readonly budget: number | null;
  /** Whether the model is also fitted on parts of the reviews, to see what more of them would bring. */
  readonly learningCurve: boolean;
}

export interface LinearInput {
  readonly dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features'>;
  readonly classes: number;
  readonly options: LinearOptions;
  /** `[classes]`: factors of the cost of each class's reviews; null: all 1. */
  readonly classWeights: Float64Array | null;
  readonly signal?: AbortSignal | undefined;
  /** Ends a search with the best candidate so far. */
  readonly stop?: AbortSignal | undefined;
  readonly events?: SearchEvents | undefined;
}

export interface LinearTraining {
  /** The linear function of each class, whose softmax is the calibrated probability. */
  readonly table: LinearTable;
  readonly decision: Decision;
  /** What the options say in the end. */
  readonly options: LinearOptions;
  /** How well they do on reviews that the models were not fitted on. */
  readonly judgement: Judgement;
  /** Null where nothing was searched. */
  readonly search: SearchResult | null;
  readonly plan: FoldPlan;
  /** Null where it was not asked for. */
  readonly curve: LearningCurve | null;
  /** The reviews with the features of the model; to be disposed of. */
  readonly reviews: LinearReviews;
  readonly seconds: number;
}

/**
 * Chooses options where they ask for it, fits the decision on out-of-fold scores, and fits the model on all training
 * reviews, those that were held out for validation included.
 * @throws ImdbTorchError ERR_USAGE for more folds than reviews; the reason of `signal`
 */
export async function trainLinear(input: LinearInput): Promise<LinearTraining> {
  const begun = performance.now();
  const { options } = input;
  const { sets, judge, plan, search, fitting } = await searchLinear(input);
  try {
    const { chosen } = search;
    const fitted = judge.decide(chosen.candidate);
    sets.keepOnly(featuresOf(chosen.candidate));
    const reviews = sets.with(featuresOf(chosen.candidate));
    const table = await fitTable(reviews, chosen.candidate, fitted, fitting);
    const curve = options.learningCurve ? await learningCurve(judge, chosen, input.events) : null;
    return {
      table,
      decision: fitted.decision,
      options: {
        ...options,
        ...chosen.candidate,
        folds: options.folds && plan.folds,
        repeats: plan.repeats,
        search: 'none',
      },
      judgement: chosen,
      search: options.search === 'none' ? null : search,
      plan: judge.plan,
      curve,
      reviews,
      seconds: (performance.now() - begun) / 1000,
    };
  } catch (error) {
    sets.dispose();
    throw error;
  }
}

/** A search that has ended, and what it worked with. */
export interface LinearSearch {
  readonly search: SearchResult;
  readonly plan: SearchPlan;
  readonly judge: Judge;
  readonly fitting: OutOfFold['options'];
  /** To be disposed of. */
  readonly sets: FeatureSets;
}

/**
 * Chooses a candidate where the options ask for it, and judges it on reviews that it was not fitted on.
 * @throws what `trainLinear` throws
 */
export async function searchLinear(input: LinearInput): Promise<LinearSearch> {
  const { dataset, classes, options } = input;
  const sets = new FeatureSets(dataset, { classes, characterWeight: options.characterWeight });
  try {
    const plan = withFeatures(planOf(input), sets);
    const { labels } = sets.all;
    const { seed, metric, decision } = options;
    const folds = foldsOf(input, sets, plan);
    const fitting = { seed, classWeights: input.classWeights, signal: input.signal };
    const outOfFold = new OutOfFold((name) => sets.with(name), folds.folds, fitting);
    const judge = new Judge(outOfFold, folds, { labels, classes, metric, decision });
    const search = await searchCandidates(judge, { plan, ...input, budget: options.budget });
    input.events?.onSearchEnd?.();
    return { search, plan, judge, fitting, sets };
  } catch (error) {
    sets.dispose();
    throw error;
  }
}

/**
 * Leaves out the candidates that have no features to look at.
 * @throws ImdbTorchError ERR_DATASET when all are so
 */
function withFeatures(plan: SearchPlan, sets: FeatureSets): SearchPlan {
  const has = (candidate: Candidate): boolean => !sets.isEmpty(featuresOf(candidate));
  const [first, ...others] = plan.candidates.filter(has);
  if (first === undefined) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      'Expected words that several training reviews have but no feature is in enough of them; give more reviews, or a lower --min-count.',
    );
  }
  return {
    ...plan,
    usual: first,
    candidates: [first, ...others],
    neighbours: (best) => plan.neighbours(best).filter(has),
  };
}

/** Without a search the plan has one candidate. */
function planOf({ dataset, classes, options }: LinearInput): SearchPlan {
  const { fixed, folds, repeats } = options;
  const { train, valid } = dataset.splits;
  const reviews = train.labels.length + valid.labels.length;
  if (options.search === 'none') {
    const { ngrams, characters, weighting, cost, cleanUp } = options;
    const only = { ngrams, characters, weighting, cost, cleanUp };
    return { usual: only, candidates: [only], neighbours: () => [], kept: 1, folds: folds ?? 1, repeats };
  }
  const entries = train.ids.length + valid.ids.length;
  const plan = planSearch({ reviews, classes, metric: options.metric, features: dataset.features, entries }, options);
  return {
    ...plan,
    folds: folds !== null && fixed.includes('folds') ? folds : Math.min(plan.folds, mostFolds(dataset)),
    ...(fixed.includes('repeats') && { repeats }),
    ...(folds === null && { repeats: 1 }),
  };
}

/** The greatest number of folds that training reviews, or their groups, can be dealt out to. */
function mostFolds({ splits: { train, valid } }: LinearInput['dataset']): number {
  const { labels, groups } = joinReviews([train, valid]);
  return groups === undefined ? labels.length : new Set(groups).size;
}

function foldsOf({ dataset, classes, options }: LinearInput, { all }: FeatureSets, plan: SearchPlan): FoldPlan {
  if (options.folds === null) return heldOutPlan(dataset.splits.train.labels.length, all.labels.length);
  const { folds, repeats } = plan;
  return crossValidationPlan(all, { classes, folds, repeats, seed: options.seed });
}

/** Fits the averaged models on all reviews, and folds them and the decision into one table. */
async function fitTable(
  reviews: LinearReviews,
  candidate: Candidate,
  { decision, deviations }: ReturnType<Judge['decide']>,
  options: OutOfFold['options'],
): Promise<LinearTable> {
  const average = averageOf(candidate);
  const all = Int32Array.from(reviews.labels.keys());
  const rows = average.cleanUp === 0 ? all : await cleanedRows(reviews, all, average, options);
  const [models = []] = await fitLinear(reviews, [{ rows, fits: average.fits }], { ...options, keepWeights: true });
  const parts = models.map(({ weights, biases }, index) => ({
    weights: weights ?? [],
    biases,
    deviation: deviations[index] ?? 1,
  }));
  return foldParts(parts, decision);
}
