import { flag, optional, text } from '../../settings/kinds.js';
import type { Values } from '../../settings/option.js';
import type { ExperimentSettings } from '../../settings/settings.js';

export const json = {
  json: {
    kind: flag,
    group: 'Output',
    default: false,
    help: 'print one JSON document and nothing else on stdout',
  },
} as const;

/** The options that every command has. */
export const everywhere = {
  color: { kind: flag, group: 'Output', default: true, help: 'print with colours', not: 'print without colours' },
} as const;

/** The output options of every command that says much. */
export const output = {
  ...json,
  quiet: { kind: flag, group: 'Output', default: false, help: 'print results only' },
} as const;

/** The output options of commands that make a run directory. */
export const runOutput = {
  out: {
    kind: optional(text('folder')),
    group: 'Output',
    help: 'run directory',
    usual: 'runs/<UTC time>-<command>',
  },
  report: {
    kind: flag,
    group: 'Output',
    default: true,
    help: 'write report.html',
    not: 'do not write report.html',
  },
  tensorboard: {
    kind: flag,
    group: 'Output',
    default: false,
    help: 'write an event file of TensorBoard into the run directory as well',
  },
  ...output,
} as const;

/** The settings of an experiment together with the options that say where its results go. */
export type RunSettings = ExperimentSettings &
  Values<typeof runOutput> & {
    /** The names of the settings that were given, which a search leaves alone. */
    readonly fixed?: readonly string[];
  };
