import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { bestFirst, formatRuns, summarizeRun, type RunSummary } from '../../report/console/runs.js';
import { isRunDirectory, readRunDocument } from '../../storage/read_run.js';
import { systemCode } from '../../system/file_errors.js';
import { metricNames } from '../../training/metric_names.js';
import { choice, optional } from '../../settings/kinds.js';
import { json } from '../options/output_options.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';
import { defineCompare } from './runs_compare.js';

const usualFolder = 'runs';

const listed = {
  metric: {
    kind: optional(choice(metricNames)),
    help: 'show this metric of the test reviews as well, best runs first',
    usual: 'by name',
  },
  ...json,
} as const;

export function defineRuns(command: Command): void {
  command.argument('[folder]', 'where they are', usualFolder);
  addOptions(command, listed).action(listRuns);
  defineCompare(command.command('compare'));
}

async function listRuns(folder: string, raw: RawOptions): Promise<void> {
  const { metric, ...options } = readOptions(listed, raw);
  const terminal = new Terminal({ ...options, quiet: false });
  const found: RunSummary[] = [];
  for (const name of await foldersIn(folder)) {
    const path = join(folder, name);
    if (!(await isRunDirectory(path))) continue;
    // A run that is still going, or was killed, has no document yet; a damaged one is as little use.
    found.push(summarizeRun(name, await readRunDocument(path).catch(() => null), metric));
  }
  const runs = metric === undefined ? found : bestFirst(found, metric);
  if (!options.json && runs.length === 0)
    terminal.result(`There are no runs in ${formatText(folder)}; \`train\` makes one.`);
  else terminal.result(formatRuns(runs, terminal.style));
  terminal.document({ schema: 1, command: 'runs', folder, runs });
}

/** @throws ImdbTorchError ERR_RUN when the folder cannot be read */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (folder === usualFolder && systemCode(error) === 'ENOENT') return [];
    const message = `Expected a folder of run directories but ${folder} cannot be read: ${messageOf(error)}.`;
    throw new ImdbTorchError('ERR_RUN', message, { cause: error });
  }
}
