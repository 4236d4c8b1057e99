import type { Option } from './option.js';

/** The commands that take settings. */
export type SettingsCommand = 'train' | 'lora' | 'experiment' | 'data';

/** An option that decides what comes out of an experiment. `run.json` records it. */
export interface Setting<T> extends Option<T> {
  readonly commands: readonly SettingsCommand[];
  /**
   * What `lora --base` takes over from the base: its seed and the like always, how it was trained unless a preset is
   * named, its optimizer unless another one is named as well, its reviews unless others are named. What belongs to the
   * model itself goes before a configuration file.
   */
  readonly inherited?: 'always' | 'training' | 'optimizer' | 'data' | 'model';
  /** Its name in `run.json`, where that was fixed before the key was what it is. A dot leads into an object. */
  readonly recordedAs?: string;
}
