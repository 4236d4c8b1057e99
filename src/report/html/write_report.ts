import { aFunction, aString, listOf, optional } from '../../arguments.js';
import { join } from 'node:path';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { assertReplaceable } from '../../system/own_output.js';
import { drawPage } from './page.js';
import { readRunViews, type CommandLineOf } from './read_runs.js';

export const reportName = 'report.html';

export interface WrittenReport {
  /** The path of the file. */
  path: string;
  bytes: number;
}

/**
 * Draws the report of a run, or of up to eight side by side, from `run.json` and `metrics.jsonl`: an HTML page that
 * needs no other file and no script.
 * @param runs run directories
 * @param file where to write it; default: `report.html` in the run directory, of several in the working folder
 * @param commandLineOf finds the command line that repeats a run, which the page shows; default: none is shown
 * @throws ERR_RUN when one is no complete run directory; ERR_USAGE for none or too many; ERR_OUTPUT when the file
 *   cannot be written
 */
export async function writeReport(
  runs: readonly string[],
  file?: string,
  commandLineOf: CommandLineOf = () => null,
): Promise<WrittenReport> {
  listOf(aString)(runs, 'runs');
  optional(aString)(file, 'file');
  aFunction(commandLineOf, 'commandLineOf');
  if (file !== undefined) await assertReplaceable(file, '<!doctype html>');
  const page = drawPage(await readRunViews(runs, commandLineOf));
  const [only] = runs;
  const path = file ?? (runs.length === 1 && only !== undefined ? join(only, reportName) : reportName);
  await writeFileAtomic(path, [page]);
  return { path, bytes: Buffer.byteLength(page) };
}
