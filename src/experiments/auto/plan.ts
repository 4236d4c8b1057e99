import type { FeatureOptions } from '../../text/features.js';
import type { Weighting } from '../../text/weighting/weightings.js';
import type { MetricName } from '../../training/metric_names.js';
import { featuresOf, type Candidate } from './candidate.js';

/** What a plan depends on: facts of the training reviews alone, so that it is the same on every machine. */
export interface PlanFacts {
  /** Number of training reviews. */
  readonly reviews: number;
  readonly classes: number;
  /** What candidates are compared by. */
  readonly metric: MetricName;
  /** The features that they were counted with, of which candidates look at a part. */
  readonly features: Pick<FeatureOptions, 'ngrams' | 'characters'>;
  /** The features of all training reviews together, each as often as reviews have it. */
  readonly entries: number;
}

/** The settings that a search may choose. */
export interface SearchSettings extends Candidate {
  readonly search: 'none' | 'auto' | 'wide';
  /** The names of those that are taken as they are. */
  readonly fixed: readonly string[];
}

export interface SearchPlan {
  /** The candidate that is taken unless another one is clearly better. */
  readonly usual: Candidate;
  /** All candidates, the usual one first. */
  readonly candidates: readonly Candidate[];
  /** What else to look at near the best candidate so far, until that has no better neighbour. */
  readonly neighbours: (best: Candidate) => Candidate[];
  /** The greatest number of candidates that are judged on all folds after the first. */
  readonly kept: number;
  readonly folds: number;
  readonly repeats: number;
}

const duo: readonly Weighting[] = ['idf', 'naive-bayes'];
const trio: readonly Weighting[] = [...duo, 'naive-bayes-idf'];
const quad: readonly Weighting[] = [...trio, 'shrunk-naive-bayes'];
const singles: readonly (readonly Weighting[])[] = quad.map((weighting) => [weighting]);

/** From one to the next a model changes little. */
const costs = [0.03, 0.1, 0.3, 1, 3];
/** With fewer reviews a search finds noise: what other data have shown to be best is better than what these seem to say. */
const fewReviews = 1000;
/** With so many reviews a fold of them tells candidates apart well. */
const largeFold = 10_000;
/** With so many reviews three folds say enough. */
const manyReviews = 100_000;
/** With more classes their words tell them apart, and n-grams make little of few reviews a class. */
const fewClasses = 20;
/** Beyond so much work for one model of all classes, as entries times models, there are fewer candidates. */
const muchWork = 1.5e7;
const tooMuchWork = 2.5e8;
/** Reviews with doubtful labels are looked for from so many reviews of two classes on. */
const leastToCleanUp = 5000;
const usualCleanUp = 0.1;

/** Plans what to try, from facts of the data alone. */
export function planSearch(facts: PlanFacts, settings: SearchSettings): SearchPlan {
  const { reviews } = facts;
  const isSmall = reviews < fewReviews;
  const usual = usualCandidate(facts);
  const fix = (candidate: Candidate): Candidate => withFixed(candidate, settings);
  const known = fix(usual);
  const others = (isSmall ? fewCandidates(usual) : manyCandidates(facts, usual)).map(fix);
  // A map keeps the place of the first and the value of the last of one name: the usual candidate is itself, and first.
  const byKey = new Map([known, ...others, known].map((each) => [keyOf(each), each]));
  return {
    usual: known,
    candidates: [...byKey.values()],
    neighbours: (best) =>
      (settings.search === 'wide' ? allNeighbours(best, facts) : fewNeighbours(best, facts)).map(fix),
    kept: reviews < largeFold ? 6 : 4,
    folds: reviews > manyReviews ? 3 : 5,
    repeats: isSmall ? 5 : 1,
  };
}

function usualCandidate({ classes, features: { ngrams, characters } }: PlanFacts): Candidate {
  if (classes > fewClasses) return { ngrams: 1, characters: null, weighting: ['idf'], cost: 0.3, cleanUp: 0 };
  return { ngrams, characters: characters ?? null, weighting: duo, cost: 0.3, cleanUp: 0 };
}

function fewCandidates(usual: Candidate): Candidate[] {
  const words: Candidate = { ...usual, ngrams: 1, characters: null, weighting: ['idf'] };
  return [{ ...usual, cost: 1 }, { ...usual, cost: 0.1 }, words, { ...words, cost: 1 }, { ...usual, weighting: quad }];
}

function manyCandidates(facts: PlanFacts, usual: Candidate): Candidate[] {
  const { classes } = facts;
  const words: Candidate = { ...usual, ngrams: 1, characters: null };
  const work = facts.entries * (classes === 2 ? 1 : classes);
  const ngrams: Candidate = { ...usual, ngrams: facts.features.ngrams, characters: null };
  const bases = [...(usual.characters === null ? [] : [usual]), ...(work > tooMuchWork ? [] : [ngrams])];
  const averages = work > muchWork ? [duo, trio] : [duo, trio, quad, ...singles.slice(0, 2)];
  const candidates: Candidate[] = [];
  for (const cost of [0.1, 0.3, 1]) {
    for (const base of bases) for (const weighting of averages) candidates.push({ ...base, weighting, cost });
    candidates.push({ ...words, weighting: ['idf'], cost });
    if (work <= tooMuchWork) candidates.push({ ...words, weighting: duo, cost });
  }
  return candidates;
}

/**
 * The next lower and the next higher cost: the best need not be among those that were tried. Of two classes also the same
 * without reviews whose labels are doubtful, at a higher cost, since the others can be trusted more.
 */
function fewNeighbours(of: Candidate, { reviews, classes, metric }: PlanFacts): Candidate[] {
  const place = costs.indexOf(of.cost);
  if (reviews < fewReviews || place === -1) return [];
  const [lower, higher] = [costs[place - 1], costs[place + 1]];
  const isNoisy = classes === 2 && metric === 'accuracy' && reviews >= leastToCleanUp;
  const isCleanable = isNoisy && of.cleanUp === 0;
  return [
    ...[lower, higher].flatMap((cost) => (cost === undefined ? [] : [{ ...of, cost }])),
    ...(isCleanable && higher !== undefined ? [{ ...of, cost: higher, cleanUp: usualCleanUp }] : []),
  ];
}

/** Costs have steps of a quarter of a power of ten. */
const costStep = 10 ** 0.25;
const cleanUpStep = 0.05;
const mostCleanUp = 0.4;

/** Candidates that differ from one in a single setting. */
function allNeighbours(of: Candidate, { features: { ngrams, characters } }: PlanFacts): Candidate[] {
  const near = [of.cost / costStep, of.cost * costStep].map((cost) => Number(cost.toPrecision(3)));
  const orders = [of.ngrams - 1, of.ngrams + 1].filter((order) => order >= 1 && order <= ngrams);
  const shares = [of.cleanUp - cleanUpStep, of.cleanUp + cleanUpStep].map((share) => Number(share.toFixed(2)));
  return [
    ...near.map((cost) => ({ ...of, cost })),
    ...[duo, trio, quad, ...singles].map((weighting) => ({ ...of, weighting })),
    ...orders.map((order) => ({ ...of, ngrams: order })),
    ...(characters === undefined ? [] : [{ ...of, characters: of.characters === null ? characters : null }]),
    ...shares.filter((share) => share >= 0 && share <= mostCleanUp).map((cleanUp) => ({ ...of, cleanUp })),
  ];
}

function withFixed(candidate: Candidate, { fixed, ...settings }: SearchSettings): Candidate {
  const keys = ['ngrams', 'characters', 'weighting', 'cost', 'cleanUp'] as const;
  return {
    ...candidate,
    ...Object.fromEntries(keys.filter((key) => fixed.includes(key)).map((key) => [key, settings[key]])),
  };
}

/** Names a candidate: two of one name are the same. */
export function keyOf(candidate: Candidate): string {
  const { weighting, cost, cleanUp } = candidate;
  return [featuresOf(candidate), weighting.join('+'), cost, cleanUp].join(' ');
}
