import { join } from 'node:path';
import { exportRun, loadDataset, saveRun, train, type ExportRunOptions, type TrainOptions } from '../../src/index.js';
import { withTemporaryFolder } from '../helpers.js';
import { rowsOfManyScripts } from './many_scripts.js';

/** Runs `use` with a run that was trained on texts of many scripts, and what exports it. */
export async function withRunOfManyScripts<T>(
  use: (run: string, exportTo: (options: ExportRunOptions) => Promise<string>) => Promise<T>,
  options: TrainOptions = { preset: 'fast' },
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const data = await loadDataset({ rows: rowsOfManyScripts(600), tokenizer: options.tokenizer });
    const run = join(folder, 'many <b>scripts');
    const result = await train(data, options);
    await saveRun(run, result, { report: false });
    let count = 0;
    return use(run, async (asked) => {
      count += 1;
      const out = join(folder, `export ${count}${asked.to === 'html' ? '.html' : ''}`);
      await exportRun(run, { out, data, ...asked });
      return out;
    });
  });
}
