import { setImmediate } from 'node:timers/promises';
import { ImdbTorchError, messageOf } from '../../errors.js';
import type { Dataset } from '../../data/dataset.js';
import type { CaseComparison, CaseResult } from './case_result.js';
import { recomputeAdapter, type AdapterFacts } from './adapter_group.js';
import type { Comparisons } from './comparisons.js';
import { recomputeExperiment, type ExperimentFacts } from './experiment_group.js';
import { recomputeLayer, type LayerFacts } from './layer_groups.js';
import {
  recomputeClassifier,
  recomputeTraining,
  type ClassifierFacts,
  type TrainingFacts,
} from './model_groups.js';
import {
  recomputeOptimizer,
  recomputeOptimizerTraining,
  type OptimizerFacts,
  type OptimizerTrainingFacts,
} from './optimizer_groups.js';
import type { Place } from './backends.js';
import { recomputeRandom, type RandomFacts } from './random_group.js';
import type { ReferenceCase, ReferenceSet } from './reference_cases.js';
import { recomputeLoss, recomputeOperator, type LossFacts, type OperatorFacts } from './tensor_groups.js';

export interface VerifyOptions {
  places: readonly Place[];
  /** What the cases of experiments run over. */
  dataset: Dataset;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

interface Group {
  /** `engines`: both; `torch`: what only libtorch computes, on every device; `host`: the same whatever computes. */
  runsOn: 'engines' | 'torch' | 'host';
  recompute: (
    reference: ReferenceCase,
    place: Place,
    options: VerifyOptions,
  ) => Comparisons | Promise<Comparisons>;
}

/** How the cases of each group are recomputed: one that is not listed here cannot be verified. */
const groups: Readonly<Record<string, Group>> = {
  operators: {
    runsOn: 'torch',
    recompute: (reference, place) => recomputeOperator(reference as ReferenceCase<OperatorFacts>, place),
  },
  layers: {
    runsOn: 'torch',
    recompute: (reference, place) => recomputeLayer(reference as ReferenceCase<LayerFacts>, place),
  },
  adapters: {
    runsOn: 'torch',
    recompute: (reference, place) => recomputeAdapter(reference as ReferenceCase<AdapterFacts>, place),
  },
  losses: {
    runsOn: 'torch',
    recompute: (reference, place) => recomputeLoss(reference as ReferenceCase<LossFacts>, place),
  },
  classifier: {
    runsOn: 'engines',
    recompute: (reference, place) => recomputeClassifier(reference as ReferenceCase<ClassifierFacts>, place),
  },
  training: {
    runsOn: 'engines',
    recompute: (reference, place) => recomputeTraining(reference as ReferenceCase<TrainingFacts>, place),
  },
  optimizers: {
    runsOn: 'torch',
    recompute: (reference, place) => recomputeOptimizer(reference as ReferenceCase<OptimizerFacts>, place),
  },
  steps: {
    runsOn: 'engines',
    recompute: (reference, place) =>
      recomputeOptimizerTraining(reference as ReferenceCase<OptimizerTrainingFacts>, place),
  },
  random: {
    runsOn: 'host',
    recompute: (reference) => recomputeRandom(reference as ReferenceCase<RandomFacts>),
  },
  experiment: {
    runsOn: 'engines',
    recompute: (reference, place, { dataset, signal }) =>
      recomputeExperiment(reference as ReferenceCase<ExperimentFacts>, place, dataset, signal),
  },
};

/**
 * Recomputes every case at every place that computes such cases.
 * @throws ImdbTorchError ERR_SAFETENSORS for a case of an unknown group; the reason of `signal`
 */
export async function verifyCases({ cases }: ReferenceSet, options: VerifyOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, reference] of cases.entries()) {
    for (const place of placesOf(reference, options.places)) {
      options.signal?.throwIfAborted();
      results.push(await recomputeCase(reference, place, options));
      await setImmediate();
    }
    options.onProgress?.(index + 1, cases.length);
  }
  return results;
}

/** The places of `places` that compute a case like this. */
export function placesOf(reference: ReferenceCase, places: readonly Place[]): Place[] {
  const { runsOn } = groupOf(reference);
  if (runsOn === 'host') return places.filter(({ engine, device }) => engine === 'torch' && device === 'cpu');
  return runsOn === 'torch' ? places.filter(({ engine }) => engine === 'torch') : [...places];
}

/** Recomputes one case at one place. */
export async function recomputeCase(
  reference: ReferenceCase,
  place: Place,
  options: VerifyOptions,
): Promise<CaseResult> {
  const { group, name, dtype } = reference.facts;
  const result = { group, name, dtype, ...place };
  const { recompute } = groupOf(reference);
  try {
    const comparisons = await recompute(reference, place, options);
    // What PyTorch has computed and nobody looks at would be verified in appearance only.
    comparisons.same('what was not compared', reference.unread.join(' '), '');
    return { ...result, comparisons: comparisons.results };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...result, comparisons: [failure(error)] };
  }
}

/** A recomputation that throws is one that is wrong; the others go on. */
function failure(error: unknown): CaseComparison {
  const problem = `failed: ${messageOf(error)}`;
  return { what: 'it', absolute: Infinity, relative: Infinity, tolerance: 0, passed: false, problem };
}

function groupOf({ facts }: ReferenceCase): Group {
  const group = groups[facts.group];
  if (group !== undefined) return group;
  throw new ImdbTorchError(
    'ERR_SAFETENSORS',
    `Expected a reference case of one of the groups ${Object.keys(groups).join(', ')} but ${facts.name} is of ` +
      `${facts.group}; make the cases with the script of this version.`,
  );
}
