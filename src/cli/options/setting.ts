import type { Option } from './option.js';

/** The commands that take settings. */
export type SettingsCommand = 'train' | 'lora' | 'experiment' | 'data';

/** An option that decides what comes out of an experiment. `run.json` records it. */
export interface Setting<T> extends Option<T> {
  readonly commands: readonly SettingsCommand[];
  /**
   * When `lora --base` takes the setting over from its base: always; `training` unless a preset is named; `optimizer`
   * unless a preset or another optimizer is; `data` unless other reviews are. A setting of the `model` itself goes before
   * a configuration file.
   */
  readonly inherited?: 'always' | 'training' | 'optimizer' | 'data' | 'model';
  /** Its name in `run.json`, where that was fixed before the key was what it is. A dot leads into an object. */
  readonly recordedAs?: string;
}
