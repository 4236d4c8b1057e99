import type { Dataset } from '../../data/dataset.js';
import { analyzeModel } from '../../experiments/model_analysis.js';
import { runLoraFineTuning, type LoraResult } from '../../experiments/lora_fine_tuning.js';
import { withFeatureWeights } from '../../experiments/experiment_model.js';
import { ImdbTorchError } from '../../errors.js';
import { formatCheck } from '../../report/console/checks.js';
import type { Check } from '../../experiments/check.js';
import { loraDocument, type BaseFacts, type LoraDocument } from '../../report/documents/documents.js';
import { formatExcerpts, formatHeading } from '../../report/console/describe_run.js';
import { describeCalibration } from '../../report/console/folds_and_calibration.js';
import { hasSeenAll, type StoredRun } from '../../storage/read_run.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import {
  createEvents,
  modelDescription,
  reportRuns,
  runFacts,
  runRecord,
  withRunDirectory,
  type Workbench,
} from './experiment_context.js';

export interface LoraOptions {
  out: string | undefined;
  merge: boolean;
  /** The run to start from; null: pretrain. */
  base: { path: string; run: StoredRun } | null;
}

/** Runs the LoRA experiment into a new run directory, which is kept even when a check fails. */
export async function runLora(bench: Workbench, options: LoraOptions): Promise<LoraDocument> {
  const { out, merge, base } = options;
  const seenValidation = base !== null && hasSeenValidation(base.run, bench.dataset);
  if (seenValidation) {
    bench.terminal.note(
      `${base.path} was trained on all training reviews, those held out here to validate on included: figures on them, ` +
        'and early stopping and calibration by them, are too favourable. Only the test reviews are new to it.',
    );
  }
  const document = await withRunDirectory(out, 'lora', async (directory) => {
    const { bags, dataset, device, signal, terminal } = bench;
    const result = await runLoraFineTuning({
      dataset,
      bags,
      classes: dataset.classes.length,
      device,
      options: bench.options,
      merge,
      base: base?.run.tensors,
      signal,
      events: createEvents(bench, directory),
    });
    sayOutcome(bench, result);
    const saved = await save(bench, directory, result, base && { ...base, seenValidation });
    terminal.say(`Run directory: ${directory.path}`);
    return saved;
  });
  await reportRuns(bench, [document.run]);
  return document;
}

/** Whether the base was trained on the reviews that are held out here: they are the same wherever the data are. */
function hasSeenValidation({ run }: StoredRun, { source }: Dataset): boolean {
  const { sha256 } = (run.data ?? {}) as { sha256?: string };
  return sha256 === source.sha256 && hasSeenAll(run);
}

function sayOutcome({ terminal }: Workbench, { excerpts, checks, calibration }: LoraResult): void {
  const { style } = terminal;
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
  const layers = excerpts[0]?.size === 1 ? 'The LoRA layer' : 'The frozen layers';
  terminal.say(formatHeading(layers, style), formatExcerpts(excerpts, style));
  terminal.say(formatHeading('Checks', style));
  terminal.result(...checks.map((check) => formatCheck(check, style)));
}

async function save(
  bench: Workbench,
  directory: RunDirectory,
  result: LoraResult,
  base: BaseFacts | null,
): Promise<LoraDocument> {
  const { adapter, mergedModule, calibration } = result;
  const { dataset, bags, signal } = bench;
  const { vocabulary, weights } = dataset;
  const baseModule = withFeatureWeights(result.baseModule, weights);
  await directory.writeVocabulary(vocabulary);
  const { sha256: baseSha256 } = await directory.writeModel('model', baseModule);
  const description = {
    ...modelDescription(bench, baseSha256),
    calibration: calibration?.calibration ?? null,
  };
  await directory.writeAdapter({ ...adapter, baseSha256 });
  await directory.writeDescription(description);
  if (mergedModule !== null) {
    const merged = withFeatureWeights(mergedModule, weights);
    await directory.writeModel('merged', merged, { base_sha256: baseSha256 });
  }
  const model = { description, vocabulary, tensors: baseModule };
  const test = { bags: bags.test, labels: dataset.splits.test.labels };
  const analysis = await analyzeModel({ model, adapter, ...test, signal });
  const files = await directory.listFiles();
  signal.throwIfAborted();
  const document = { ...loraDocument(runFacts(bench, directory), result, base), ...analysis, files };
  await directory.writeRun(runRecord(bench, document));
  return document;
}

/** @throws ImdbTorchError ERR_CHECK_FAILED when one failed */
export function assertChecks(checks: readonly Check[]): void {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join('; ');
  throw new ImdbTorchError(
    'ERR_CHECK_FAILED',
    `${failed.length} of ${checks.length} checks failed: ${names}.`,
  );
}
