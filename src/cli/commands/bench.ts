import type { Command } from 'commander';
import { notebook } from '../../experiments/options.js';
import { formatTable } from '../../report/console/table.js';
import { interruptSignal } from '../interrupt.js';
import { output } from '../options/output_options.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { settings } from '../../settings/settings.js';
import { prepareAddon } from '../addon/prepare_addon.js';
import { Terminal } from '../terminal.js';

const operatorOptions = {
  seed: { ...settings.seed, default: notebook.seed },
  threads: settings.threads,
  ...output,
} as const;

export function defineBench(command: Command): void {
  const operators = command
    .command('operators')
    .description('which of matmul, mm and @ multiplies [200, 1] x [1, 3000] fastest');
  addOptions(operators, operatorOptions).action(benchOperators);
}

async function benchOperators(raw: RawOptions): Promise<void> {
  const options = readOptions(operatorOptions, raw);
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  await prepareAddon(terminal, signal);
  const { compareOperators } = await import('../../experiments/operator_benchmark.js');
  const { getNumThreads, setNumThreads } = await import('../../model/native.js');
  if (options.threads !== null) setNumThreads(options.threads);
  const comparison = await compareOperators({ seed: options.seed, signal });
  const { left, right, timings, fastest } = comparison;
  const size = `[${left.join(', ')}] x [${right.join(', ')}]`;
  terminal.say(`${size}, float32, ${getNumThreads()} threads, microseconds a call:`);
  const rows = timings.map((timing) => [
    timing.operator,
    timing.median.toFixed(1),
    `${timing.lowerQuartile.toFixed(1)} .. ${timing.upperQuartile.toFixed(1)}`,
  ]);
  terminal.result(formatTable(['operator', 'median', 'middle half'], rows, terminal.style));
  terminal.result(describeFastest(fastest, timings.length));
  terminal.document({ schema: 1, command: 'bench operators', threads: getNumThreads(), ...comparison });
}

function describeFastest(fastest: readonly string[], count: number): string {
  if (fastest.length === count) return 'The differences are within the noise: none is fastest.';
  const names = fastest.join(' and ');
  return `Fastest: ${names}${fastest.length > 1 ? ', whose difference is within the noise' : ''}.`;
}
