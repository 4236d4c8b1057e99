import { readFileSync } from 'node:fs';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { absolutePaths } from '../../storage/recorded_paths.js';
import { textOfFile } from '../../system/text_file.js';
import type { Given } from './option.js';
import type { SettingsCommand } from './setting.js';
import { checkDocument, settingsOf, type ExperimentSettings, type SettingKey, type SomeSettings } from './settings.js';

/**
 * Reads a file of settings, as `configOf` makes it; any of them may be missing.
 * @throws ImdbTorchError ERR_USAGE when the file is not JSON
 */
export function readConfig(path: string, command: SettingsCommand): Given<SomeSettings> {
  const document = parse(path);
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return checkDocument(settingsOf(command), document, path);
  }
  return {
    values: {},
    problems: [`${path}: Expected an object of options but received another JSON value.`],
  };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(textOfFile(readFileSync(path)).toString('utf8'));
  } catch (cause) {
    const message = `Expected a JSON file of options for --config: ${messageOf(cause)}`;
    throw new ImdbTorchError('ERR_USAGE', message, { cause });
  }
}

/** Returns the document of a configuration file that has these settings, which means the same whatever the working directory. */
export function configOf(settings: ExperimentSettings, command: SettingsCommand): object {
  const all = { ...settings, ...absolutePaths(settings) };
  return Object.fromEntries(Object.keys(settingsOf(command)).map((key) => [key, all[key as SettingKey]]));
}
