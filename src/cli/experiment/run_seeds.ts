import { join } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { describeSeeds, seedsDocument, type TestFigures } from '../../report/console/seeds.js';
import { dataChoice, type DataChoice } from '../../settings/data_choice.js';
import type { RunSettings } from '../options/output_options.js';
import { interruptSignal } from '../interrupt.js';
import { prepare, readData } from './read_dataset.js';
import { Terminal } from '../terminal.js';
import type { ExperimentContext } from './experiment_context.js';

/** The outcome of one run. */
interface Outcome {
  document: object;
  figures: TestFigures;
}

/** How reviews are read other than the options say. */
export interface Reading {
  /** Changes what is read. */
  readonly choose?: (choice: DataChoice) => DataChoice;
  /** Changes the reviews before they are used. */
  readonly adapt?: (dataset: Dataset) => Dataset;
}

/**
 * Does `work` once for each seed, as that many commands would, and prints the document of the only run or of all.
 * @param work is given the run directory that was asked for
 */
export async function runSeeds(
  command: string,
  options: RunSettings,
  work: (context: ExperimentContext, out: string | undefined) => Promise<Outcome>,
  { choose = (choice) => choice, adapt = (dataset) => dataset }: Reading = {},
): Promise<void> {
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  const outcomes: Outcome[] = [];
  const seeds = Array.from({ length: options.seeds }, (_, index) => options.seed + index);
  for (const seed of seeds) {
    const own = { ...options, seed, seeds: 1 };
    const choice = choose(dataChoice(own));
    const dataset = adapt(await prepare((shared) => readData(choice, terminal, shared), terminal, signal));
    const { openContext } = await import('./experiment_context.js');
    const context = openContext(own, dataset, terminal, signal);
    const out = options.out && options.seeds > 1 ? join(options.out, `seed-${seed}`) : options.out;
    outcomes.push(await work(context, out));
  }
  const [first] = outcomes;
  if (outcomes.length === 1 && first !== undefined) {
    terminal.document(first.document);
    return;
  }
  const figures = outcomes.map((outcome) => outcome.figures);
  const documents = outcomes.map(({ document }) => document);
  terminal.result(...describeSeeds(seeds, figures, terminal.style));
  terminal.document(seedsDocument(command, seeds, figures, documents));
}
