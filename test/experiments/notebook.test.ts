/** The whole experiment on the real reviews against PyTorch's figures (see test/fixtures/reference). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readDataset, type Dataset } from '../../src/data/dataset.js';
import type { ExperimentInput } from '../../src/experiments/experiment_model.js';
import { runFullTraining } from '../../src/experiments/full_training.js';
import { runLoraFineTuning } from '../../src/experiments/lora_fine_tuning.js';
import { notebook } from '../../src/experiments/options.js';
import { getNumThreads, setNumThreads } from '../../src/model/native.js';
import type { PhaseResult } from '../../src/training/phase.js';
import { createSplitBags, type SplitBags } from '../../src/training/split_bags.js';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const { IMDB_TORCH_DATA: named = '' } = process.env;
const archive = named === '' ? join(folder, '../shared/data/aclImdb.tgz') : named;
const atHand = existsSync(archive);
if (!atHand) console.warn(`Skipped: the numbers on the real reviews, because there is no ${archive}.`);
const describeWithData = atHand ? describe : describe.skip;

interface ReferencePhase {
  before: [loss: number, accuracy: number];
  first_steps: number[];
  epochs: Record<'train_loss' | 'train_acc' | 'valid_loss' | 'valid_acc', number>[];
  test: [loss: number, accuracy: number];
}

type Reference = Record<'full' | 'pretrain' | 'lora', ReferencePhase>;

/** float64 sums differ in their order alone; so does float32, with larger steps, whose bound is DESIGN's. */
const tolerances = {
  float64: { loss: 1e-9, accuracy: 0 },
  float32: { loss: 5e-5, accuracy: 0.0005 },
} as const;

/** A ReLU that flips by rounding moves the first LoRA epoch in float32; nothing bounds the later ones. */
const loraFloat32 = { steps: 1e-4, epoch: 2e-3 } as const;
/** The epochs of fine-tuning in which even float64 runs that differ by one rounding stay together. */
const stableLoraEpochs = 3;

let dataset: Dataset;
let bags: SplitBags;
const minutes = 60_000;

async function readReference(dtype: keyof typeof tolerances): Promise<Reference> {
  const path = join(folder, 'test/fixtures/reference', `${dtype}.json`);
  return JSON.parse(await readFile(path, 'utf8')) as Reference;
}

function inputOf(dtype: keyof typeof tolerances, change: Partial<ExperimentInput['options']> = {}): ExperimentInput {
  return { dataset, bags, classes: 2, device: 'cpu', options: { ...notebook, dtype, ...change } };
}

function expectClose(actual: number | undefined, expected: number, tolerance: number): void {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(tolerance);
}

function expectEpochs(
  { before, epochs }: PhaseResult,
  reference: ReferencePhase,
  count: number,
  tolerance: { loss: number; accuracy: number },
): void {
  expectClose(before.train.loss, reference.before[0], tolerance.loss);
  expectClose(before.train.accuracy, reference.before[1], tolerance.accuracy);
  for (const [index, expected] of reference.epochs.slice(0, count).entries()) {
    const epoch = epochs[index];
    expectClose(epoch?.train.loss, expected.train_loss, tolerance.loss);
    expectClose(epoch?.valid.loss, expected.valid_loss, tolerance.loss);
    expectClose(epoch?.train.accuracy, expected.train_acc, tolerance.accuracy);
    expectClose(epoch?.valid.accuracy, expected.valid_acc, tolerance.accuracy);
  }
}

function expectSteps({ firstSteps }: PhaseResult, reference: ReferencePhase, tolerance: number): void {
  expect(firstSteps).toHaveLength(reference.first_steps.length);
  for (const [step, expected] of reference.first_steps.entries()) {
    expectClose(firstSteps[step], expected, tolerance);
  }
}

/** Everything of a phase but how long it took. */
function figuresOf({ before, firstSteps, epochs, test: tested }: PhaseResult): unknown {
  return { before, firstSteps, epochs: epochs.map(({ train, valid }) => ({ train, valid })), tested };
}

describeWithData('on the real reviews', () => {
  beforeAll(async () => {
    dataset = await readDataset({ data: archive, ...notebook });
    bags = createSplitBags(dataset);
  }, 2 * minutes);

  test.each(['float32', 'float64'] as const)(
    'when everything is trained in %s then every epoch is that of PyTorch',
    async (dtype) => {
      const reference = await readReference(dtype);
      const { full } = await runFullTraining(inputOf(dtype));
      expect(full.parameters).toEqual({ trainable: 4_000_602, total: 4_020_802 });
      expectSteps(full, reference.full, tolerances[dtype].loss);
      expectEpochs(full, reference.full, notebook.epochs, tolerances[dtype]);
      expectClose(full.test.loss, reference.full.test[0], tolerances[dtype].loss);
      expectClose(full.test.accuracy, reference.full.test[1], tolerances[dtype].accuracy);
    },
    3 * minutes,
  );

  test(
    'when it is fine-tuned in float64 then the epochs before it turns chaotic are those of PyTorch',
    async () => {
      const reference = await readReference('float64');
      const result = await runLoraFineTuning({
        ...inputOf('float64', { loraEpochs: stableLoraEpochs }),
        merge: true,
      });
      expect(result.lora.parameters).toEqual({ trainable: 20_602, total: 4_020_802 });
      if (result.pretrain === null) throw new Error('not pretrained');
      expectEpochs(result.pretrain, reference.pretrain, 1, tolerances.float64);
      expectSteps(result.lora, reference.lora, tolerances.float64.loss);
      expectEpochs(result.lora, reference.lora, stableLoraEpochs, tolerances.float64);
      expect([...result.frozen]).toEqual([['fc1', { weight: true, bias: true, up: false, down: false }]]);
      expect(result.checks.filter(({ passed }) => !passed)).toEqual([]);
    },
    3 * minutes,
  );

  test(
    'when it is fine-tuned in float32 then the first steps and epoch are those of PyTorch and the checks hold',
    async () => {
      const reference = await readReference('float32');
      const { lora, checks } = await runLoraFineTuning({ ...inputOf('float32'), merge: true });
      expectSteps(lora, reference.lora, loraFloat32.steps);
      const first = { loss: loraFloat32.epoch, accuracy: loraFloat32.epoch };
      expectEpochs(lora, reference.lora, 1, first);
      expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    },
    3 * minutes,
  );

  test(
    'when it runs again, with 1, 2 or 3 threads, then every figure has the same bits',
    async () => {
      const before = getNumThreads();
      const runs: unknown[] = [];
      try {
        for (const threads of [1, 2, 3, 2]) {
          setNumThreads(threads);
          const input = inputOf('float32', { loraEpochs: 2 });
          const { pretrain, lora, merged } = await runLoraFineTuning({ ...input, merge: true });
          runs.push({
            pretrain: pretrain && figuresOf(pretrain),
            lora: figuresOf(lora),
            merged: merged?.test,
          });
        }
      } finally {
        setNumThreads(before);
      }
      for (const run of runs) expect(run).toEqual(runs[0]);
    },
    3 * minutes,
  );
});
