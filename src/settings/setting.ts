import type { Kind } from './kinds.js';
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

type Rest<T> = Partial<Omit<Setting<T>, 'kind' | 'help'>>;

/** Returns what declares settings that have something in common. */
export function declare(common: Pick<Setting<unknown>, 'group' | 'commands' | 'inherited'>) {
  return <T>(kind: Kind<T>, help: string, rest: Rest<T> = {}): Setting<T> => ({
    ...common,
    kind,
    help,
    ...rest,
  });
}
