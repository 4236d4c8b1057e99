import type { Command } from 'commander';
import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import { loraPresets } from '../../experiments/presets.js';
import type { Check } from '../../experiments/check.js';
import { testFigures } from '../../report/console/seeds.js';
import { readRun, type StoredRun } from '../../storage/read_run.js';
import type { Vocabulary } from '../../text/vocabulary.js';
import { readBaseOptions } from '../options/base_options.js';
import { readDefaults } from '../options/defaults.js';
import {
  addBranchOptions,
  addFineTuningOptions,
  addLoraOptions,
  addOutputOptions,
  addPresetOptions,
  addTrainingOptions,
  readRunOptions,
  type RawOptions,
  type RunOptions,
} from '../options/options.js';
import { runSeeds } from '../experiment/run_seeds.js';

export function addLoraCommand(program: Command): void {
  const command = program
    .command('lora')
    .description('pretrain for one epoch, or take a trained model, and fine-tune it with LoRA');
  addPresetOptions(command, Object.keys(loraPresets));
  addTrainingOptions(command);
  addLoraOptions(command);
  addBranchOptions(command);
  addFineTuningOptions(command)
    .option('--base <run>', 'fine-tune the model of this run directory, with its options as the defaults')
    .option('--merge', 'merge the LoRA branch into the weights at the end');
  addOutputOptions(command).action(lora);
}

async function lora(raw: RawOptions): Promise<void> {
  const { defaults, config } = await readDefaults(raw, loraPresets, 'lora');
  readRunOptions(raw, defaults);
  const base = raw.base === undefined ? null : { path: raw.base, run: await readRun(raw.base) };
  const given = base === null ? raw : readBaseOptions(raw, base.path, base.run, config);
  const options = readRunOptions(given, defaults);
  assertHiddenLayer(options);
  if (raw.printConfig === true) {
    (await import('../options/config_file.js')).printConfig(options, 'lora');
    return;
  }
  const checks: Check[] = [];
  const adapt = (dataset: Dataset): Dataset =>
    base === null ? dataset : asBase(base.path, base.run, dataset);
  await runSeeds(
    'lora',
    options,
    async (bench, out) => {
      const { runLora } = await import('../experiment/run_lora.js');
      const document = await runLora(bench, { out, merge: raw.merge ?? false, base });
      checks.push(...document.checks);
      return { document, figures: testFigures(document.lora.test, document.calibration) };
    },
    adapt,
  );
  const { assertChecks } = await import('../experiment/run_lora.js');
  assertChecks(checks);
}

function assertHiddenLayer({ hidden }: RunOptions): void {
  if (hidden > 0) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    'Expected a model with a hidden layer to fine-tune but this one is linear (--hidden 0); its few outputs leave LoRA no rank to save.',
  );
}

/** The reviews as the base reads them. */
function asBase(path: string, run: StoredRun, dataset: Dataset): Dataset {
  assertSameVocabulary(path, run, dataset.vocabulary);
  const weights = run.tensors.get('features.weight');
  return weights === undefined ? dataset : { ...dataset, weights: Float32Array.from(weights.data, Number) };
}

function assertSameVocabulary(path: string, { vocabulary }: StoredRun, own: Vocabulary): void {
  if (own.equals(vocabulary)) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected reviews whose vocabulary is that of ${path} but these give another one; ` +
      'use the --data, --vocab, --seed and --valid of that run.',
  );
}
