import assert from 'node:assert/strict';
import { isBetter, worstOf, type MetricName } from '../../training/metric_names.js';
import type { PhaseResult } from '../../training/phase.js';
import { averageOf, type Candidate } from './candidate.js';
import { chooseByGain } from './choice.js';
import type { Judge, Judgement } from './judge.js';
import { keyOf, type SearchPlan } from './plan.js';

export interface SearchEvents {
  /** Is told how many linear functions of the present step are fitted. */
  onFitting?(done: number, total: number): void;
  /** A candidate has been judged; `best` is the best one so far. */
  onJudged?(judgement: Judgement, best: Judgement, metric: MetricName): void | Promise<void>;
  /** A linear model has been fitted and tested: its only epoch has the validation by its folds. */
  onFitted?(full: PhaseResult): void | Promise<void>;
  /** The search is over, of whatever kind, or there was nothing to choose; what is left makes the model that is kept. */
  onSearchEnd?(): void;
}

export interface SearchOptions {
  readonly plan: SearchPlan;
  /** Ends the search with the best candidate so far. */
  readonly stop?: AbortSignal | undefined;
  /** Seconds after which no further candidate is looked at; null: as many as the plan has. */
  readonly budget: number | null;
  readonly events?: SearchEvents | undefined;
}

export interface SearchResult {
  readonly chosen: Judgement;
  /** All that were judged, each on the largest number of folds that it came to, best first. */
  readonly tried: readonly Judgement[];
  readonly because: string;
  /** Why the search ended before its plan did; null where it did not. */
  readonly endedBy: 'budget' | 'interrupt' | null;
}

/** The share of the candidates that are judged on all folds after the first. */
const keptShare = 1 / 3;
/** Of two costs that do as well the lower one is taken, which trusts the labels less; in standard errors. */
const hardlyWorse = 0.5;
/** Fewer candidates are all judged on all folds. */
const fewCandidates = 8;

/**
 * Judges all candidates on one fold, and the usual one and the best third on all folds. Takes the best one if it is better
 * than the usual one by more than the standard error of their difference, else the usual one.
 * @throws the reason of the signal that `judge` works with
 */
export async function searchCandidates(judge: Judge, options: SearchOptions): Promise<SearchResult> {
  const { plan } = options;
  const { length: folds } = judge.plan.folds;
  const search = new Search(judge, options);
  await search.look([plan.usual], folds);
  let left = plan.candidates;
  if (judge.screens && left.length > fewCandidates) {
    await search.look(left, 1);
    left = search.best(Math.min(plan.kept, Math.ceil(keptShare * left.length)), 1);
  }
  await search.look(left, folds);
  await search.climb((best) => plan.neighbours(best), folds);
  return search.result(folds);
}

class Search {
  /** What was found out on each number of folds. */
  readonly #judged = new Map<number, Map<string, Judgement>>();
  readonly #begun = performance.now();
  #endedBy: SearchResult['endedBy'] = null;

  constructor(
    readonly judge: Judge,
    readonly options: SearchOptions,
  ) {}

  /** Judges candidates on the first `folds` folds, until the time is over; the first ones come in any case. */
  async look(candidates: readonly Candidate[], folds: number): Promise<void> {
    const { events } = this.options;
    const judged = this.#judgedOn(folds);
    const isFirst = this.#judged.size === 1 && judged.size === 0;
    const wanted = new Map(candidates.map((each) => [keyOf(each), each]));
    for (const some of batchesOf([...wanted].flatMap(([key, each]) => (judged.has(key) ? [] : [each])))) {
      if (!isFirst && this.#isOver()) return;
      await this.judge.outOfFold.prepare(some.map(averageOf), folds, (done, all) => events?.onFitting?.(done, all));
      for (const candidate of some) {
        const judgement = this.judge.judge(candidate, folds);
        judged.set(keyOf(candidate), judgement);
        const [best = judgement] = this.#ranked(this.judge.plan.folds.length);
        await events?.onJudged?.(judgement, best, this.judge.options.metric);
      }
    }
  }

  /** The number of folds by which candidates are looked at first. */
  get #screening(): number {
    return this.judge.screens ? 1 : this.judge.plan.folds.length;
  }

  /** Looks at the neighbours of the best candidate, and at those of a better one that is found, until none is. */
  async climb(neighboursOf: (best: Candidate) => Candidate[], folds: number): Promise<void> {
    for (let from: Candidate | null = null; !this.#isOver();) {
      const [best] = this.best(1, folds);
      if (best === undefined || best === from) return;
      from = best;
      const near = neighboursOf(best).filter((each) => !this.#judgedOn(folds).has(keyOf(each)));
      await this.look(near, this.#screening);
      await this.look(this.#screening < folds ? this.#promising(near, best) : near, folds);
    }
  }

  /** Returns those that are no worse than the best one on the first fold, which costs little to know. */
  #promising(near: readonly Candidate[], best: Candidate): Candidate[] {
    const first = this.#judgedOn(1);
    const of = first.get(keyOf(best)) ?? this.judge.judge(best, 1);
    first.set(keyOf(best), of);
    const isWorse = (each: Judgement | undefined): boolean =>
      each === undefined || isBetter(of.measured.name, of.measured.value, each.measured.value);
    return near.filter((each) => !isWorse(first.get(keyOf(each))));
  }

  /** Returns the best of those that were judged on so many folds. */
  best(count: number, folds: number): Candidate[] {
    const ranked = this.#ranked(folds).slice(0, count);
    return ranked.map(({ candidate }) => candidate);
  }

  /** Compares what was judged on all folds. */
  result(folds: number): SearchResult {
    const { plan } = this.options;
    const [best, ...others] = this.#ranked(folds);
    const usual = this.#judgedOn(folds).get(keyOf(plan.usual));
    assert(best && usual, 'the usual candidate is always judged');
    const screened = [...this.#judged.entries()]
      .filter(([count]) => count !== folds)
      .flatMap(([, map]) => [...map.values()]);
    const onAll = this.#judgedOn(folds);
    const tried = [best, ...others, ...screened.filter(({ candidate }) => !onAll.has(keyOf(candidate)))];
    const { chosen, because } = this.#choose(best, usual, folds);
    return { chosen, tried, because, endedBy: this.#endedBy };
  }

  #choose(best: Judgement, usual: Judgement, folds: number): Pick<SearchResult, 'chosen' | 'because'> {
    const { takesBest, because } = chooseByGain(best === usual ? null : this.judge.gain(best, usual));
    if (!takesBest) return { chosen: usual, because };
    const chosen = this.#atLowerCost(best, folds);
    return { chosen, because: chosen === best ? because : `${because}; a higher cost is hardly better` };
  }

  /** Returns the one of the lowest cost among those that differ from `best` in cost alone and are hardly worse. */
  #atLowerCost(best: Judgement, folds: number): Judgement {
    const likeBest = this.#ranked(folds).filter(
      ({ candidate }) => keyOf({ ...candidate, cost: best.candidate.cost }) === keyOf(best.candidate),
    );
    const asGood = likeBest.filter((each) => {
      const { difference, standardError } = this.judge.gain(best, each);
      return each.candidate.cost <= best.candidate.cost && difference <= hardlyWorse * standardError;
    });
    return asGood.reduce((lowest, each) => (each.candidate.cost < lowest.candidate.cost ? each : lowest), best);
  }

  #isOver(): boolean {
    const { stop, budget } = this.options;
    if (stop?.aborted === true) this.#endedBy = 'interrupt';
    else if (budget !== null && performance.now() - this.#begun > 1000 * budget) this.#endedBy = 'budget';
    return this.#endedBy !== null;
  }

  #judgedOn(folds: number): Map<string, Judgement> {
    const found = this.#judged.get(folds) ?? new Map<string, Judgement>();
    this.#judged.set(folds, found);
    return found;
  }

  #ranked(folds: number): Judgement[] {
    const { metric } = this.judge.options;
    const worst = worstOf(metric);
    // A metric that is not defined, as the area under the curve of one class, comes last.
    const valueOf = ({ measured: { value } }: Judgement): number => (Number.isNaN(value) ? worst : value);
    return [...this.#judgedOn(folds).values()].sort((one, other) => {
      const [a, b] = [valueOf(one), valueOf(other)];
      return isBetter(metric, a, b) ? -1 : Number(isBetter(metric, b, a));
    });
  }
}

/** So many models of one fold are fitted between two looks at the time: few enough to stop soon, many enough to be fast. */
const modelsOfBatch = 16;

/** Cuts candidates into batches that look at the same features, in their order. */
function batchesOf(candidates: readonly Candidate[]): Candidate[][] {
  const batches: Candidate[][] = [];
  for (const set of new Set(candidates.map((each) => averageOf(each).set))) {
    const same = candidates.filter((each) => averageOf(each).set === set);
    let batch: Candidate[] = [];
    const models = new Set<string>();
    for (const candidate of same) {
      const { cleanUp, cost, weighting } = candidate;
      const own = weighting.map((each) => `${each} ${cost} ${cleanUp}`);
      if (batch.length > 0 && new Set([...models, ...own]).size > modelsOfBatch) {
        batches.push(batch);
        batch = [];
        models.clear();
      }
      batch.push(candidate);
      for (const each of own) models.add(each);
    }
    if (batch.length > 0) batches.push(batch);
  }
  return batches;
}
