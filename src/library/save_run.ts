import { aBoolean, aSignal, aString, onlyFields, optional } from '../arguments.js';
import { writeRun, type Saved } from '../experiments/write_run.js';
import { writeReport } from '../report/html/write_report.js';
import { withRunDirectory } from '../storage/run_directory.js';
import type { LoraDocument, TrainDocument } from '../storage/run_document.js';
import { keptOf, type LoraResult, type TrainResult } from './result.js';

export interface SaveOptions {
  /** Whether `report.html` is written. Default: true. */
  readonly report?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const checkOptions = onlyFields({ report: optional(aBoolean), signal: optional(aSignal) });

export type { Saved };

export async function saveRun(path: string, result: TrainResult, options?: SaveOptions): Promise<Saved<TrainDocument>>;
export async function saveRun(path: string, result: LoraResult, options?: SaveOptions): Promise<Saved<LoraDocument>>;
/**
 * Writes a run directory as the command line does: with the model, all figures and the report. Other programs never see half
 * a run: it is complete when `run.json` is there, which comes last but for the report. What fails before that leaves nothing
 * behind; where the report alone cannot be written the run is kept.
 * @param path a new or empty folder
 * @returns the document that `--json` prints
 * @throws ImdbTorchError ERR_OUTPUT when it cannot be written, or is there already; TypeError; the reason of `signal`
 */
export async function saveRun(
  path: string,
  result: TrainResult | LoraResult,
  options: SaveOptions = {},
): Promise<Saved<TrainDocument | LoraDocument>> {
  aString(path, 'path');
  checkOptions(options, 'options');
  const { contents, command, metrics, tried } = keptOf(result);
  const { report = true, signal } = options;
  const document = await withRunDirectory({ out: path, command }, async (directory) => {
    for (const record of metrics) await directory.appendMetrics(record);
    for (const record of tried) await directory.appendTried(record);
    return writeRun(directory, contents, { argv: null, signal });
  });
  if (report) await writeReport([document.run]);
  return document;
}
