import { basename, join, resolve } from 'node:path';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { readText } from '../../system/text_file.js';
import { parseJson } from '../../storage/parse_json.js';
import { readRunDocument } from '../../storage/read_run.js';
import { metricsLineSchema, type MetricsLine, type RunDocument } from '../../storage/run_document.js';
import { systemCode } from '../../system/file_errors.js';
import { paletteSize } from './phase_view.js';
import { viewRun, type RunView } from './run_view.js';

/** Returns the command line that repeats a run, which the command line of the package knows; null for none. */
export type CommandLineOf = (run: RunDocument) => string | null;

/**
 * Reads what a report shows of runs.
 * @throws ERR_RUN when a folder is no complete run; ERR_USAGE when there are none or too many
 */
export async function readRunViews(paths: readonly string[], commandLineOf: CommandLineOf): Promise<RunView[]> {
  if (paths.length === 0 || paths.length > paletteSize) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected 1 to ${paletteSize} runs for a report but received ${paths.length}.`,
    );
  }
  return Promise.all(
    paths.map(async (path, index) => {
      const document = await readRunDocument(path);
      const metrics = await readMetrics(path);
      const commandLine = commandLineOf(document);
      return viewRun({ name: basename(resolve(path)), commandLine, index }, { ...document, metrics });
    }),
  );
}

/** Reads the lines of `metrics.jsonl`: none where it is missing, and none for a line that is broken. */
async function readMetrics(path: string): Promise<MetricsLine[]> {
  const file = join(path, 'metrics.jsonl');
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new ImdbTorchError('ERR_RUN', `Could not read ${file}: ${messageOf(error)}.`, { cause: error });
  }
  return text.split('\n').flatMap((line) => parseJson(metricsLineSchema, line).document ?? []);
}
