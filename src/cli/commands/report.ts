import type { Command } from 'commander';
import { writeReport } from '../../report/html/write_report.js';
import { commandLineOf } from '../options/command_line.js';
import { json } from '../options/output_options.js';
import { optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

const options = {
  out: {
    kind: optional(text('file')),
    help: 'where to write the report',
    usual: 'report.html in the run directory; of several runs in this folder',
  },
  ...json,
} as const;

export function defineReport(command: Command): void {
  command.argument('<runs...>', 'run directories, up to eight');
  addOptions(command, options).action(report);
}

async function report(runs: string[], raw: RawOptions): Promise<void> {
  const { out, json } = readOptions(options, raw);
  const terminal = new Terminal({ json, quiet: false });
  const { path, bytes } = await writeReport(runs, out, commandLineOf);
  terminal.result(`Report: ${formatText(path)}`);
  terminal.document({ schema: 1, command: 'report', runs, report: path, bytes });
}
