import type { Command } from 'commander';
import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import { loraPresets } from '../../experiments/presets.js';
import type { Check } from '../../experiments/check.js';
import { assertSameData, assertThere } from '../../library/same_data.js';
import type { StoredRun } from '../../storage/read_run.js';
import type { Vocabulary } from '../../text/vocabulary.js';
import type { Base } from '../../settings/base.js';
import { runOutput } from '../options/output_options.js';
import { configOf } from '../../settings/config_file.js';
import { flag, optional, text } from '../../settings/kinds.js';
import { filesOf } from '../../settings/list_kinds.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { checkHiddenLayer } from '../../settings/fine_tuning_checks.js';
import { addSettings, presetOptions, readRequest } from '../options/read_settings.js';
import type { ExperimentSettings } from '../../settings/settings.js';
import { isImdb } from '../../settings/settle.js';
import type { Reading } from '../experiment/run_seeds.js';
import { Terminal } from '../terminal.js';

const options = {
  ...presetOptions(loraPresets),
  base: {
    kind: optional(text('run')),
    help: 'fine-tune the model of this run directory, with its options as the defaults',
  },
  merge: { kind: flag, default: false, help: 'merge the LoRA branch into the weights at the end' },
} as const;

export function defineLora(command: Command): void {
  addOptions(addSettings(addOptions(command, options), 'lora'), runOutput).action(lora);
}

async function lora(raw: RawOptions): Promise<void> {
  const request = await readRequest(raw, 'lora', { ...options, ...runOutput }, loraPresets);
  const { base: path, merge, printConfig, ...output } = request.options;
  const base = path === undefined ? null : await (await import('../../settings/read_base.js')).readBase(path);
  const settings = request.settle(base);
  checkHiddenLayer(settings);
  if (printConfig) {
    Terminal.print(configOf(settings, 'lora', request.named, await countedSettings(settings)));
    return;
  }
  const checks: Check[] = [];
  const isInherited = inheritsData(base, request.named, settings);
  if (base !== null && isInherited) assertThere({ path: base.path, run: base.run.run });
  const reading = base === null ? {} : await readingAs(base, isInherited);
  const { runSeeds } = await import('../experiment/run_seeds.js');
  await runSeeds(
    'lora',
    { ...settings, ...output, fixed: [...request.named] },
    async (context, out) => {
      const { runLoraCommand } = await import('../experiment/run_lora.js');
      const { testFigures } = await import('../../report/console/seeds.js');
      const document = await runLoraCommand(context, { out, merge, base });
      checks.push(...document.checks);
      return { document, figures: testFigures(document.lora.test, document.calibration) };
    },
    reading,
  );
  const { assertChecks } = await import('../experiment/run_lora.js');
  assertChecks(checks);
}

/** Returns the settings whose values are counted from the reviews unless they are given. */
async function countedSettings(settings: ExperimentSettings): Promise<string[]> {
  const { countsStepsOf } = await import('../../experiments/epochs_by_steps.js');
  return countsStepsOf(settings, !(await isImdb(settings))) ? ['loraEpochs'] : [];
}

/** Says whether all reviews are those of the base, as no others are named. */
function inheritsData(base: Base | null, named: ReadonlySet<string>, { valid }: ExperimentSettings): boolean {
  if (base === null || ['data', 'train', 'test'].some((key) => named.has(key))) return false;
  const hasFile = filesOf(valid) !== undefined || base.run.run.options?.validFile !== undefined;
  return !(named.has('valid') && hasFile);
}

/**
 * Reads the reviews of the base as they were, and others with its features; so are those of a base that was itself
 * fine-tuned, perhaps from one with other reviews.
 */
async function readingAs(base: Base, isInherited: boolean): Promise<Reading> {
  const { featurizerOf } = await import('../../storage/read_run.js');
  const isAsWas = isInherited && base.run.run.base === undefined;
  return {
    choose: (choice) =>
      isAsWas ? choice : { ...choice, vocab: null, featurizer: featurizerOf(base.run), toTrain: true },
    adapt: (dataset) => asBase(base, dataset, isInherited),
  };
}

/**
 * Weights the reviews as the base does.
 * @throws ImdbTorchError ERR_DATASET when they are not what they were, ERR_USAGE when their vocabulary is another one
 */
function asBase({ path, run }: Base, dataset: Dataset, isInherited: boolean): Dataset {
  if (isInherited) assertSameData({ path, run: run.run }, dataset);
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
