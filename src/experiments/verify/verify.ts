import { setImmediate } from 'node:timers/promises';
import { ImdbTorchError, messageOf } from '../../errors.js';
import type { Dataset } from '../../data/dataset.js';
import type { CaseComparison, CaseResult } from './case_result.js';
import { recomputeAdapter } from './adapter_group.js';
import { recomputeAnswers, recomputePortableAnswers } from './answer_group.js';
import type { Comparisons } from './comparisons.js';
import { recomputeExperiment } from './experiment_group.js';
import { recomputeLayer } from './layer_groups.js';
import { recomputeClassifier, recomputeTraining } from './model_groups.js';
import { recomputeOptimizer, recomputeOptimizerTraining } from './optimizer_groups.js';
import type { Backend, NativeBackend } from './backends.js';
import { recomputePortableClassifier, recomputePortableLayer } from './portable_groups.js';
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

type Recompute<Facts, Where> = (
  reference: ReferenceCase<Facts>,
  backend: Where,
  options: VerifyOptions,
) => Comparisons | Promise<Comparisons>;

interface Group<Facts = unknown> {
  /**
   * The engines of the addon that recompute it. `engines`: both; `torch`: what only libtorch computes, on every device;
   * `fused`: what computes on the CPU alone; `host`: the same whatever computes.
   */
  runsOn: 'engines' | 'torch' | 'fused' | 'host';
  recompute: Recompute<Facts, NativeBackend>;
  /** What the portable engine does of a case; absent: nothing, as of what trains. */
  portable?: Recompute<Facts, Backend> | undefined;
  /** Which cases it does anything of; all by default. */
  isPortable?: (facts: Facts) => boolean;
}

/** How the cases of each group are recomputed: one that is not listed here cannot be verified. */
const groups: Readonly<Record<string, Group>> = {
  operators: group({ runsOn: 'torch', recompute: recomputeOperator }),
  layers: group({ runsOn: 'torch', recompute: recomputeLayer, portable: recomputePortableLayer }),
  adapters: group({
    ...{ runsOn: 'torch', recompute: recomputeAdapter, portable: recomputePortableLayer },
    isPortable: ({ kind }: { kind: string }) => kind === 'branch',
  }),
  losses: group({ runsOn: 'torch', recompute: recomputeLoss }),
  classifier: group({ runsOn: 'engines', recompute: recomputeClassifier, portable: recomputePortableClassifier }),
  training: group({ runsOn: 'engines', recompute: recomputeTraining }),
  optimizers: group({ runsOn: 'torch', recompute: recomputeOptimizer }),
  steps: group({ runsOn: 'engines', recompute: recomputeOptimizerTraining }),
  random: group({ runsOn: 'host', recompute: recomputeRandom }),
  answers: group({ runsOn: 'fused', recompute: recomputeAnswers, portable: recomputePortableAnswers }),
  experiment: group({ runsOn: 'engines', recompute: recomputeExperiment }),
};

function group<Facts>(rules: Group<Facts>): Group {
  // The name of the group, under which the index of the cases has it, says which facts a case has.
  return rules as Group;
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
  const { runsOn, portable, isPortable = () => true } = groupOf(reference);
  return backends.filter(({ engine, device }) => {
    if (engine === 'portable') return portable !== undefined && isPortable(reference.facts);
    if (runsOn === 'host') return engine === 'torch' && device === 'cpu';
    return runsOn === 'engines' || engine === runsOn;
  });
}

/** Recomputes one case with one backend. */
export async function recomputeCase(
  reference: ReferenceCase,
  backend: Backend,
  options: VerifyOptions,
): Promise<CaseResult> {
  const { group, name, dtype } = reference.facts;
  const result = { group, name, dtype, ...backend };
  const own = reference.unopened();
  try {
    const comparisons = await recomputeWith(own, backend, options);
    // What PyTorch has computed and nobody looks at would be verified in appearance only.
    comparisons.same('what was not compared', own.unread.join(' '), '');
    return { ...result, comparisons: comparisons.results };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...result, comparisons: [failure(error)] };
  }
}

function recomputeWith(
  reference: ReferenceCase,
  { engine, device }: Backend,
  options: VerifyOptions,
): Comparisons | Promise<Comparisons> {
  const { recompute, portable } = groupOf(reference);
  if (engine !== 'portable') return recompute(reference, { engine, device }, options);
  if (portable === undefined) throw new Error('the portable engine does not compute such a case');
  return portable(reference, { engine, device }, options);
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
