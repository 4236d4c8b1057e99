import { flag, optional, text } from './kinds.js';
import type { Values } from './option.js';
import type { ExperimentSettings } from './settings.js';

export const json = {
  json: {
    kind: flag,
    group: 'Output',
    default: false,
    help: 'print one JSON document and nothing else on stdout',
  },
} as const;

/** What every command that has much to say takes. */
export const output = {
  ...json,
  quiet: { kind: flag, group: 'Output', default: false, help: 'print results only' },
} as const;

/** What the commands that make a run directory take. */
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
  ...output,
} as const;

/** The settings of an experiment, and where its results go. */
export type RunSettings = ExperimentSettings & Values<typeof runOutput>;
