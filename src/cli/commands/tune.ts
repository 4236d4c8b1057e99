import type { Command } from 'commander';
import { tunePreset } from '../../experiments/presets.js';
import { readConfigToSearch } from '../../settings/config_file.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { runOutput } from '../options/output_options.js';
import { addSettings, configOption, readRequest } from '../options/read_settings.js';

export function defineTune(command: Command): void {
  addOptions(addSettings(addOptions(command, configOption), 'train', tunePreset), runOutput).action(tune);
}

/** Trains with the best settings that it finds in its time, and leaves `config.json` and `tried.jsonl` in the run directory. */
async function tune(raw: RawOptions): Promise<void> {
  const presets = { notebook: tunePreset, auto: tunePreset };
  const request = await readRequest(raw, 'train', { ...configOption, ...runOutput }, presets, readConfigToSearch);
  const { trainAsAsked } = await import('../experiment/train_as_asked.js');
  await trainAsAsked('tune', { ...request.settle(), ...request.options, fixed: [...request.named] });
}
