import type { Preset } from '../experiments/presets.js';
import { readConfig, type Config, type ConfigurableCommand } from './config_file.js';
import { checkChoice } from './option_rules.js';
import { throwProblems, type Defaults, type RawOptions } from './options.js';

/**
 * What the options default to: the preset, and what the configuration file changes of it.
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readDefaults(
  { preset = 'notebook', config: path }: RawOptions,
  presets: Readonly<Record<string, Preset>>,
  command: ConfigurableCommand,
): { defaults: Defaults; config: Config } {
  const names = Object.keys(presets);
  const problem = checkChoice({ flag: '--preset', about: '', choices: names, default: 'notebook' }, preset);
  throwProblems(problem === null ? [] : [problem]);
  const chosen = presets[preset] as Preset;
  const config = path === undefined ? {} : readConfig(path, command);
  const features = { ...chosen.features, ...config.features };
  return { defaults: { ...chosen, ...config, features }, config };
}
