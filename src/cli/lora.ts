import type { Command } from 'commander';
import { ImdbTorchError } from '../errors.js';
import { readRun, type StoredRun } from '../storage/read_run.js';
import { readBaseOptions } from './base_options.js';
import { dataChoice } from './data_options.js';
import { interruptSignal } from './interrupt.js';
import {
  addBranchOptions,
  addLoraOptions,
  addOutputOptions,
  addTrainingOptions,
  readRunOptions,
  type RawOptions,
} from './options.js';
import { prepare, readData } from './prepare.js';
import { Terminal } from './terminal.js';

export function addLoraCommand(program: Command): void {
  const command = program
    .command('lora')
    .description('pretrain for one epoch, or take a trained model, and fine-tune it with LoRA');
  addTrainingOptions(command);
  addLoraOptions(command);
  addBranchOptions(command)
    .option('--base <run>', 'fine-tune the model of this run directory, with its options as the defaults')
    .option('--merge', 'merge the LoRA branch into the weights at the end');
  addOutputOptions(command).action(lora);
}

async function lora(raw: RawOptions): Promise<void> {
  readRunOptions(raw);
  const base = raw.base === undefined ? null : { path: raw.base, run: await readRun(raw.base) };
  const options = readRunOptions(base === null ? raw : readBaseOptions(raw, base.path, base.run));
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  const choice = dataChoice(options);
  const dataset = await prepare((shared) => readData(choice, terminal, shared), terminal, signal);
  if (base !== null) assertSameVocabulary(base.path, base.run, dataset.vocabulary.words);
  const [{ openWorkbench }, { runLora, assertChecks }] = await Promise.all([
    import('./workbench.js'),
    import('./run_lora.js'),
  ]);
  const bench = openWorkbench(options, dataset, terminal, signal);
  try {
    const document = await runLora(bench, { out: options.out, merge: raw.merge ?? false, base });
    terminal.document(document);
    assertChecks(document.checks);
  } finally {
    bench.dispose();
  }
}

function assertSameVocabulary(path: string, { vocabulary }: StoredRun, words: readonly string[]): void {
  if (words.length === vocabulary.length && words.every((word, id) => word === vocabulary[id])) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected reviews whose vocabulary is that of ${path} but these give another one; ` +
      'use the --data, --vocab, --seed and --valid of that run.',
  );
}
