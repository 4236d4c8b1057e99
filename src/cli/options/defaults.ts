import { ImdbTorchError } from '../../errors.js';
import type { Preset } from '../../experiments/presets.js';
import type { Config, ConfigurableCommand } from './config_file.js';
import { describeBadChoice } from './option_rules.js';
import type { Defaults, RawOptions } from './options.js';

/**
 * What the options default to: the preset, and what the configuration file changes of it.
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export async function readDefaults(
  { preset = 'notebook', config: path }: RawOptions,
  presets: Readonly<Record<string, Preset>>,
  command: ConfigurableCommand,
): Promise<{ defaults: Defaults; config: Config }> {
  const chosen = new Map(Object.entries(presets)).get(preset);
  if (chosen === undefined) {
    const rule = { flag: '--preset', choices: Object.keys(presets) };
    throw new ImdbTorchError('ERR_USAGE', describeBadChoice(rule, preset));
  }
  // The library that checks files takes a tenth of a second to load.
  const config = path === undefined ? {} : (await import('./config_file.js')).readConfig(path, command);
  const features = { ...chosen.features, ...config.features };
  return { defaults: { ...chosen, ...config, features }, config };
}
