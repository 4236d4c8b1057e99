import { setImmediate } from 'node:timers/promises';
import { ImdbTorchError, messageOf } from '../../errors.js';
import type { Dataset } from '../../data/dataset.js';
import type { CaseComparison, CaseResult } from './case_result.js';
import { recomputeAdapter } from './adapter_group.js';
import type { Comparisons } from './comparisons.js';
import { recomputeExperiment } from './experiment_group.js';
import { recomputeLayer } from './layer_groups.js';
import { recomputeClassifier, recomputeTraining } from './model_groups.js';
import { recomputeOptimizer, recomputeOptimizerTraining } from './optimizer_groups.js';
import type { Backend } from './backends.js';
import { recomputeRandom } from './random_group.js';
import type { ReferenceCase, ReferenceSet } from './reference_cases.js';
import { recomputeLoss, recomputeOperator } from './tensor_groups.js';

export interface VerifyOptions {
  backends: readonly Backend[];
  /** The reviews that the cases of experiments run over. */
  dataset: Dataset;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

interface Group<Facts = unknown> {
  /** `engines`: both; `torch`: what only libtorch computes, on every device; `host`: the same whatever computes. */
  runsOn: 'engines' | 'torch' | 'host';
  recompute: (
    reference: ReferenceCase<Facts>,
    backend: Backend,
    options: VerifyOptions,
  ) => Comparisons | Promise<Comparisons>;
}

/** How the cases of each group are recomputed: one that is not listed here cannot be verified. */
const groups: Readonly<Record<string, Group>> = {
  operators: group('torch', recomputeOperator),
  layers: group('torch', recomputeLayer),
  adapters: group('torch', recomputeAdapter),
  losses: group('torch', recomputeLoss),
  classifier: group('engines', recomputeClassifier),
  training: group('engines', recomputeTraining),
  optimizers: group('torch', recomputeOptimizer),
  steps: group('engines', recomputeOptimizerTraining),
  random: group('host', recomputeRandom),
  experiment: group('engines', recomputeExperiment),
};

function group<Facts>(runsOn: Group['runsOn'], recompute: Group<Facts>['recompute']): Group {
  // The name of the group, under which the index of the cases has it, says which facts a case has.
  return { runsOn, recompute: recompute as Group['recompute'] };
}

/**
 * Recomputes every case with every backend that computes such cases.
 * @throws ImdbTorchError ERR_SAFETENSORS for a case of an unknown group; the reason of `signal`
 */
export async function verifyCases({ cases }: ReferenceSet, options: VerifyOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, reference] of cases.entries()) {
    for (const backend of backendsOf(reference, options.backends)) {
      options.signal?.throwIfAborted();
      results.push(await recomputeCase(reference, backend, options));
      await setImmediate();
    }
    options.onProgress?.(index + 1, cases.length);
  }
  return results;
}

/** Returns those of `backends` that compute such a case. */
export function backendsOf(reference: ReferenceCase, backends: readonly Backend[]): Backend[] {
  const { runsOn } = groupOf(reference);
  if (runsOn === 'host') return backends.filter(({ engine, device }) => engine === 'torch' && device === 'cpu');
  return runsOn === 'torch' ? backends.filter(({ engine }) => engine === 'torch') : [...backends];
}

/** Recomputes one case with one backend. */
export async function recomputeCase(
  reference: ReferenceCase,
  backend: Backend,
  options: VerifyOptions,
): Promise<CaseResult> {
  const { group, name, dtype } = reference.facts;
  const result = { group, name, dtype, ...backend };
  const { recompute } = groupOf(reference);
  try {
    const comparisons = await recompute(reference, backend, options);
    // What PyTorch has computed and nobody looks at would be verified in appearance only.
    comparisons.same('what was not compared', reference.unread.join(' '), '');
    return { ...result, comparisons: comparisons.results };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...result, comparisons: [failure(error)] };
  }
}

/** Counts a recomputation that throws as one that is wrong; the others go on. */
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
