import type { Command } from 'commander';
import { writeReport } from '../../report/html/write_report.js';
import { Terminal } from '../terminal.js';

interface ReportOptions {
  out?: string;
  json?: boolean;
}

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('write the report of a run again, or one that shows several runs side by side')
    .argument('<runs...>', 'run directories, up to eight')
    .option(
      '--out <file>',
      'where to write it (default: report.html in the run directory; of several runs in this folder)',
    )
    .option('--json', 'print one JSON document and nothing else on stdout')
    .action(report);
}

async function report(runs: string[], { out, json = false }: ReportOptions): Promise<void> {
  const terminal = new Terminal({ json, quiet: false });
  const { path, bytes } = await writeReport(runs, out);
  terminal.result(`Report: ${path}`);
  terminal.document({ schema: 1, command: 'report', runs, report: path, bytes });
}
