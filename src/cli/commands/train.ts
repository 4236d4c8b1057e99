import type { Command } from 'commander';
import { trainPresets } from '../../experiments/presets.js';
import { runOutput } from '../options/output_options.js';
import { configOf } from '../../settings/config_file.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { addSettings, presetOptions, readRequest } from '../options/read_settings.js';
import { Terminal } from '../terminal.js';

const options = presetOptions(trainPresets);

export function defineTrain(command: Command): void {
  addOptions(addSettings(addOptions(command, options), 'train'), runOutput).action(train);
}

async function train(raw: RawOptions): Promise<void> {
  const request = await readRequest(raw, 'train', { ...options, ...runOutput }, trainPresets);
  const settings = request.settle();
  if (request.options.printConfig) {
    Terminal.print(configOf(settings, 'train', request.named));
    return;
  }
  const { trainAsAsked } = await import('../experiment/train_as_asked.js');
  await trainAsAsked('train', { ...settings, ...request.options, fixed: [...request.named] });
}
