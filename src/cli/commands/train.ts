import type { Command } from 'commander';
import { isImdbData } from '../../data/imdb/is_imdb_data.js';
import { trainPresets } from '../../experiments/presets.js';
import { runOutput } from '../options/output_options.js';
import { chooseData } from '../../settings/data_choice.js';
import { configOf } from '../../settings/config_file.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { addSettings, presetOptions, readRequest } from '../options/read_settings.js';
import { Terminal } from '../terminal.js';

const options = presetOptions(trainPresets);

/** Its figures are those of README, which benchmarks measured. */
const fastHint =
  'The default is the notebook as published; `--preset fast` reaches 92.5 % on the test reviews, in seconds.';

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
  if (await isOfferedFast(request.options, settings)) new Terminal(request.options).say(fastHint);
}

/** Whether a training was that of the notebook because nothing else was asked for, on reviews whose figures are known. */
async function isOfferedFast(
  { preset, config, json }: { preset?: string | undefined; config?: string | undefined; json: boolean },
  { data, train: tables }: { data?: string | undefined; train?: unknown },
): Promise<boolean> {
  return !json && preset === undefined && config === undefined && tables === undefined && isImdbData(chooseData(data));
}
