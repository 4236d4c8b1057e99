import type { Command } from 'commander';
import { trainPresets } from '../../experiments/presets.js';
import { runOutput } from '../options/output_options.js';
import { configOf } from '../options/config_file.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { addSettings, presetOptions, readRequest } from '../options/read_settings.js';
import { Terminal } from '../terminal.js';

const options = presetOptions(trainPresets);

export function defineTrain(command: Command): void {
  addOptions(addSettings(addOptions(command, options), 'train'), runOutput).action(train);
}

async function train(raw: RawOptions): Promise<void> {
  const request = readRequest(raw, 'train', { ...options, ...runOutput }, trainPresets);
  const settings = request.settle();
  if (request.options.printConfig) {
    Terminal.print(configOf(settings, 'train'));
    return;
  }
  const { runSeeds } = await import('../experiment/run_seeds.js');
  await runSeeds('train', { ...settings, ...request.options }, async (context, out) => {
    const { runTrain } = await import('../experiment/run_train.js');
    const { testFigures } = await import('../../report/console/seeds.js');
    const document = await runTrain(context, out);
    return { document, figures: testFigures(document.test, document.calibration) };
  });
}
