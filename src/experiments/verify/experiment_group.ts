import { createHash } from 'node:crypto';
import { splitNames } from '../../data/collected_reviews.js';
import type { Dataset } from '../../data/dataset.js';
import type { FloatDtype } from '../../model/native.js';
import { bytesOf } from '../../storage/stored_tensor.js';
import type { Metrics } from '../../training/evaluation.js';
import type { PhaseResult } from '../../training/phase.js';
import { createSplitBags } from '../../training/split_bags.js';
import type { ExperimentInput } from '../experiment_model.js';
import { runFullTraining } from '../full_training.js';
import { runLoraFineTuning } from '../lora_fine_tuning.js';
import { notebook } from '../options.js';
import { fineTuningTolerance, trainingTolerance } from '../tolerances.js';
import { Comparisons } from './comparisons.js';
import { tensorsOfSplits, type ExperimentPlan } from './experiment_plan.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';

interface ExperimentFacts extends ExperimentPlan {
  dtype: FloatDtype;
  loraEpochs: number;
  /** SHA-256 of the word ids of all splits as int64, one after the other. */
  idsSha256: string;
}

/** Recomputes both experiments of the notebook, epoch by epoch. */
export async function recomputeExperiment(
  reference: ReferenceCase<ExperimentFacts>,
  backend: NativeBackend,
  { dataset, signal }: { dataset: Dataset; signal?: AbortSignal | undefined },
): Promise<Comparisons> {
  const { facts } = reference;
  const comparisons = new Comparisons();
  comparisons.same('word ids', hashOfIds(dataset), facts.idsSha256);
  const bags = createSplitBags(dataset);
  try {
    const options = { ...notebook, ...facts, batch: facts.batchSize, engine: backend.engine };
    const { device } = backend;
    const input: ExperimentInput = { dataset, bags, classes: facts.classes, device, options, signal };
    const { full } = await runFullTraining(input);
    comparePhase(comparisons, reference, 'full', full);
    const { pretrain, lora, merged } = await runLoraFineTuning({ ...input, merge: true });
    if (pretrain !== null) comparePhase(comparisons, reference, 'pretrain', pretrain);
    comparePhase(comparisons, reference, 'lora', lora);
    if (merged !== null) compareMetrics(comparisons, reference, 'merged', [merged.test]);
  } finally {
    bags.dispose();
  }
  return comparisons;
}

type ComparedPhase = 'full' | 'pretrain' | 'lora' | 'merged';

function comparePhase(
  comparisons: Comparisons,
  reference: ReferenceCase<ExperimentFacts>,
  phase: ComparedPhase,
  { before, firstSteps, epochs, test }: PhaseResult,
): void {
  const { steps } = toleranceOfPhase(phase, reference.facts.dtype);
  comparisons.values(`${phase}.steps`, firstSteps, reference.get(`${phase}.steps`), steps);
  const evaluations = [before.train, ...epochs.flatMap(({ train, valid }) => [train, valid]), test];
  compareMetrics(comparisons, reference, phase, evaluations);
}

function compareMetrics(
  comparisons: Comparisons,
  reference: ReferenceCase<ExperimentFacts>,
  phase: ComparedPhase,
  evaluations: readonly Metrics[],
): void {
  const tolerance = toleranceOfPhase(phase, reference.facts.dtype);
  const losses = evaluations.map(({ loss }) => loss);
  const accuracies = evaluations.map(({ accuracy }) => accuracy);
  comparisons.values(`${phase}.losses`, losses, reference.get(`${phase}.losses`), tolerance.losses);
  comparisons.values(`${phase}.accuracies`, accuracies, reference.get(`${phase}.accuracies`), tolerance.accuracies);
}

function toleranceOfPhase(phase: ComparedPhase, dtype: FloatDtype): (typeof trainingTolerance)[FloatDtype] {
  const unstable = phase === 'lora' || phase === 'merged';
  return (unstable ? fineTuningTolerance : trainingTolerance)[dtype];
}

function hashOfIds(dataset: Dataset): string {
  const tensors = tensorsOfSplits(dataset);
  const hash = createHash('sha256');
  for (const name of splitNames) {
    const ids = tensors.get(`${name}.ids`);
    if (ids !== undefined) hash.update(bytesOf(ids));
  }
  return hash.digest('hex');
}
