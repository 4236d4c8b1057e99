import { ImdbTorchError } from '../../errors.js';
import { decide } from '../../portable/numbers/decision.js';
import { probabilitiesOf } from '../../portable/numbers/probabilities.js';
import { measureMetric, pairedDifference } from '../../training/decisions/measured_metric.js';
import { isLargerBetter, type MetricName } from '../../training/metric_names.js';
import { readLogits } from '../../training/metrics.js';
import { runTraining } from '../../training/phase.js';
import { chooseMetric } from '../choose_metric.js';
import { classWeightsFor, withNewModel } from '../experiment_model.js';
import { countsSteps } from '../epochs_by_steps.js';
import { loadBase } from '../fine_tuning_base.js';
import { freezeLayers, startBranches } from '../fine_tuning_start.js';
import { chooseByGain } from './choice.js';
import { makeTuningParts, type TuningInput, type TuningPart } from './tuning_parts.js';
import {
  keyOf,
  planTuning,
  type TuningCandidate,
  type TuningJudgement,
  type TuningPlan,
  type TuningSearch,
} from './tuning_plan.js';

/** The longest time that a timer takes, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * Fine-tunes with each learning rate and number of epochs that may be, as the options say otherwise, and judges that by the
 * metric on reviews that were held out. Takes the best way if it is better than that of preset `stable` by more than the
 * standard error of their difference, else that. Other ways than that whose loss is not finite are left out. The time of the
 * option `budget` begins when the reviews and the models to start from are there.
 * @returns null where there is nothing to choose
 * @throws ImdbTorchError ERR_NON_FINITE where the loss of preset `stable` is not finite; the reason of `signal`
 */
export async function searchTuning(input: TuningInput): Promise<TuningSearch | null> {
  const { options, stop, events } = input;
  const plan = planTuning(options, input.dataset.splits.train.labels.length, countsSteps(input));
  if (plan.candidates.length === 1) {
    events?.onSearchEnd?.();
    return null;
  }
  const parts = await makeTuningParts(input);
  try {
    const over =
      options.budget === null ? null : AbortSignal.timeout(Math.min(Math.ceil(1000 * options.budget), longestTimer));
    const search = new TuningSearcher(input, parts);
    const ends = [stop, over].filter((each) => each !== undefined && each !== null);
    await search.run(plan, AbortSignal.any(ends));
    const cause = stop?.aborted === true ? 'interrupt' : 'budget';
    const result: TuningSearch = { ...search.result(), endedBy: search.isWhole ? null : cause };
    events?.onSearchEnd?.();
    events?.onChosen?.(result);
    return result;
  } finally {
    for (const part of parts) part.dispose();
  }
}

class TuningSearcher {
  isWhole = false;
  readonly #judged: TuningJudgement[] = [];
  readonly #labels: Int32Array;
  readonly #metric: MetricName;
  readonly #seen = new Set<string>();
  /** Numbers of models. */
  #done = 0;
  #planned = 0;

  constructor(
    readonly input: TuningInput,
    readonly parts: readonly TuningPart[],
  ) {
    this.#labels = Int32Array.from(parts.flatMap(({ heldOut }) => Array.from(heldOut)));
    const { options, dataset, classes } = input;
    this.#metric = chooseMetric(options.metric, dataset.splits.train.labels, classes).name;
  }

  /** Follows the plan until `end` is aborted; its first candidate is judged in any case. */
  async run({ candidates, neighbours }: TuningPlan, end: AbortSignal): Promise<void> {
    let next: readonly TuningCandidate[] = candidates;
    while (next.length > 0) {
      if (!(await this.#look(next, end))) return;
      const [best] = this.#ranked();
      next = best === undefined ? [] : neighbours(best.candidate).filter((each) => !this.#seen.has(keyOf(each)));
    }
    this.isWhole = true;
  }

  /** Judges candidates one after the other. @returns whether all are */
  async #look(candidates: readonly TuningCandidate[], end: AbortSignal): Promise<boolean> {
    this.#planned += candidates.length * this.parts.length;
    for (const [index, candidate] of candidates.entries()) {
      const isFirst = this.#seen.size === 0;
      this.#seen.add(keyOf(candidate));
      const signals = [this.input.signal, isFirst ? undefined : end].filter((each) => each !== undefined);
      try {
        await this.#judge(candidate, AbortSignal.any(signals));
      } catch (error) {
        if (this.input.signal?.aborted === true || isFirst) throw error;
        if (end.aborted) return false;
        if (!(error instanceof ImdbTorchError && error.code === 'ERR_NON_FINITE')) throw error;
      }
      this.#done = this.#planned - (candidates.length - 1 - index) * this.parts.length;
    }
    return true;
  }

  /** Compares what was judged. */
  result(): Omit<TuningSearch, 'endedBy'> {
    const [usual] = this.#judged;
    const tried = this.#ranked();
    const [best = usual] = tried;
    if (best === undefined || usual === undefined) throw new Error('The usual candidate is always judged.');
    const gain = best === usual ? null : pairedDifference(best.measured, usual.measured, this.#labels);
    const { takesBest, because } = chooseByGain(gain);
    return { chosen: takesBest ? best : usual, tried, because, metric: this.#metric };
  }

  async #judge(candidate: TuningCandidate, signal: AbortSignal): Promise<void> {
    const { classes, events } = this.input;
    const logits = new Float64Array(this.#labels.length * classes);
    let start = 0;
    for (const part of this.parts) {
      signal.throwIfAborted();
      logits.set(await fineTuneOn(this.input, part, candidate, signal), start);
      start += part.heldOut.length * classes;
      this.#done += 1;
      events?.onFitting?.(this.#done, this.#planned);
    }
    const probabilities = probabilitiesOf(logits, classes, null);
    const outcome = { predicted: decide(probabilities, classes, undefined), probabilities };
    const measured = measureMetric(this.#metric, this.#labels, [outcome]);
    const judgement = { candidate, folds: this.parts.length, measured };
    this.#judged.push(judgement);
    await events?.onTuned?.(judgement, this.#ranked()[0] ?? judgement, this.#metric);
  }

  #ranked(): TuningJudgement[] {
    const sign = isLargerBetter(this.#metric) ? -1 : 1;
    return this.#judged.toSorted((one, other) => sign * (one.measured.value - other.measured.value));
  }
}

/** Fine-tunes the model of a part. @returns the logits of the reviews that it is judged by */
async function fineTuneOn(
  input: TuningInput,
  { bags, labels, heldOut, base }: TuningPart,
  candidate: TuningCandidate,
  signal: AbortSignal,
): Promise<Float64Array> {
  return withNewModel(input, async (own) => {
    const options = { ...input.options, ...candidate };
    const metric = {
      name: chooseMetric(options.metric, input.dataset.splits.train.labels, input.classes).name,
      labels: heldOut,
    };
    const classWeights = classWeightsFor(input, labels);
    loadBase(own.model, base, input.newOutput);
    startBranches({ options }, own);
    freezeLayers({ options }, own);
    await runTraining({ ...own, options, bags, classWeights, metric, signal }, 'lora', candidate.loraEpochs);
    return readLogits(own.model.classifier, bags.valid);
  });
}
