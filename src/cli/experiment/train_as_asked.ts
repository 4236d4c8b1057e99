import { testFigures } from '../../report/console/seeds.js';
import type { RunSettings } from '../options/output_options.js';
import { runSeeds } from './run_seeds.js';

/** Runs the full experiment for each seed that is asked for. */
export async function trainAsAsked(command: 'train' | 'tune', settings: RunSettings): Promise<void> {
  await runSeeds(command, settings, async (context, out) => {
    const { runTrainCommand } = await import('./run_train.js');
    const document = await runTrainCommand(context, out);
    return { document, figures: testFigures(document.test, document.calibration) };
  });
}
