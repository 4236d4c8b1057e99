import type { Command } from 'commander';
import { dataChoice } from './data_options.js';
import { interruptSignal } from './interrupt.js';
import {
  addEpochsOption,
  addOutputOptions,
  addTrainingOptions,
  readRunOptions,
  type RawOptions,
} from './options.js';
import { prepare, readData } from './prepare.js';
import { Terminal } from './terminal.js';

export function addTrainCommand(program: Command): void {
  const command = program.command('train').description('train the whole classifier, as the notebook does');
  addTrainingOptions(command);
  addEpochsOption(command);
  addOutputOptions(command).action(train);
}

async function train(raw: RawOptions): Promise<void> {
  const options = readRunOptions(raw);
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  const choice = dataChoice(options);
  const dataset = await prepare((shared) => readData(choice, terminal, shared), terminal, signal);
  const [{ openWorkbench }, { runTrain }] = await Promise.all([
    import('./workbench.js'),
    import('./run_train.js'),
  ]);
  const bench = openWorkbench(options, dataset, terminal, signal);
  try {
    terminal.document(await runTrain(bench, options.out));
  } finally {
    bench.dispose();
  }
}
