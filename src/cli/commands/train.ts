import type { Command } from 'commander';
import { trainPresets } from '../../experiments/presets.js';
import { readDefaults } from '../options/defaults.js';
import {
  addEpochsOption,
  addOutputOptions,
  addPresetOptions,
  addSelectionOptions,
  addTrainingOptions,
  readRunOptions,
  type RawOptions,
} from '../options/options.js';
import { runSeeds } from '../experiment/run_seeds.js';
import { testFigures } from '../../report/console/seeds.js';

export function addTrainCommand(program: Command): void {
  const command = program
    .command('train')
    .description('train the whole classifier, as the notebook does or as a better preset says');
  addPresetOptions(command, Object.keys(trainPresets));
  addTrainingOptions(command);
  addEpochsOption(command);
  addSelectionOptions(command);
  addOutputOptions(command).action(train);
}

async function train(raw: RawOptions): Promise<void> {
  const { defaults } = await readDefaults(raw, trainPresets, 'train');
  const options = readRunOptions(raw, defaults);
  if (raw.printConfig === true) {
    (await import('../options/config_file.js')).printConfig(options, 'train');
    return;
  }
  await runSeeds('train', options, async (bench, out) => {
    const { runTrain } = await import('../experiment/run_train.js');
    const document = await runTrain(bench, out);
    return { document, figures: testFigures(document.test, document.calibration) };
  });
}
