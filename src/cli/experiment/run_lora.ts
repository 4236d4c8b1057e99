import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import type { Check } from '../../experiments/check.js';
import { runLoraFineTuning, type LoraResult } from '../../experiments/lora_fine_tuning.js';
import { saveLoraRun } from '../../experiments/save_run.js';
import { formatCheck } from '../../report/console/checks.js';
import { formatExcerpts } from '../../report/console/describe_run.js';
import { formatHeading } from '../../report/console/line_style.js';
import { describeCalibration } from '../../report/console/folds_and_calibration.js';
import type { StoredRun } from '../../storage/read_run.js';
import { hasSeenAll, type LoraDocument } from '../../storage/run_document.js';
import { finishRun, saveInput, withRunDirectory, type ExperimentContext } from './experiment_context.js';
import { configOf } from '../../settings/config_file.js';
import { describeTuning } from '../../report/console/tuning.js';
import { stopOnInterrupt } from '../interrupt.js';
import { createSearchEvents } from './search_events.js';
import { checkRank } from './rank_check.js';
import { createEvents } from './training_events.js';

interface LoraOptions {
  out: string | undefined;
  merge: boolean;
  /** The run to start from; null: pretrain. */
  base: { path: string; run: StoredRun } | null;
}

/** Runs the LoRA experiment into a new run directory, which is kept even when a check fails. */
export async function runLora(context: ExperimentContext, options: LoraOptions): Promise<LoraDocument> {
  const { out, merge, base } = options;
  checkRank(context.options, context.dataset);
  const seenValidation = base !== null && hasSeenValidation(base.run, context.dataset);
  if (seenValidation) noteSeen(base.path, context);
  const document = await withRunDirectory(out, 'lora', async (directory) => {
    const { bags, dataset, device, options: asked, signal } = context;
    using stopping = asked.search === 'none' ? null : stopOnInterrupt(context.terminal);
    const result = await runLoraFineTuning({
      dataset,
      bags,
      classes: dataset.classes.length,
      device,
      options: asked,
      merge,
      base: base?.run.tensors,
      sharesReviews: base !== null && isOnSameData(base.run, dataset),
      signal,
      stop: stopping?.signal,
      events: {
        ...createEvents(context, directory),
        ...createSearchEvents(context.terminal, directory, stopping),
        onChosen(search) {
          context.terminal.result(...describeTuning(search, context.terminal.style));
        },
      },
    });
    sayOutcome(context, result);
    const settled = withChosen(context, result);
    if (asked.search !== 'none') await directory.writeConfig(configOf(settled.options, 'lora'));
    const baseFacts = base && { path: base.path, seenValidation };
    const input = { ...saveInput(settled, directory), test: bags.test, base: baseFacts };
    return await saveLoraRun(input, result);
  });
  await finishRun(context, document);
  return document;
}

function noteSeen(path: string, { terminal, options }: ExperimentContext): void {
  terminal.note(
    `${path} was trained on all training reviews, those held out here to validate on included: figures on them, ` +
      'and early stopping and calibration by them, are too favourable. Only the test reviews are new to it.',
  );
  if (options.search === 'none') return;
  terminal.note('The learning rate and the number of epochs are chosen by them all the same.');
}

/** Whether the base was trained on the reviews that are held out here: they are the same wherever the data are. */
function hasSeenValidation(run: StoredRun, dataset: Dataset): boolean {
  return isOnSameData(run, dataset) && hasSeenAll(run.run);
}

function isOnSameData({ run }: StoredRun, { source }: Dataset): boolean {
  return run.data?.sha256 === source.sha256;
}

/** Puts what a search chose in the place of what it was given. */
function withChosen(context: ExperimentContext, { search }: LoraResult): ExperimentContext {
  const options = { ...context.options, ...search?.chosen.candidate, search: 'none', budget: null } as const;
  return { ...context, options };
}

function sayOutcome({ terminal }: ExperimentContext, { excerpts, checks, calibration }: LoraResult): void {
  const { style } = terminal;
  if (calibration !== null) terminal.result(...describeCalibration(calibration, style));
  const layers = excerpts[0]?.size === 1 ? 'The LoRA layer' : 'The frozen layers';
  terminal.say(formatHeading(layers, style), formatExcerpts(excerpts, style));
  terminal.say(formatHeading('Checks', style));
  terminal.result(...checks.map((check) => formatCheck(check, style)));
}

/** @throws ImdbTorchError ERR_CHECK_FAILED when one failed */
export function assertChecks(checks: readonly Check[]): void {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join('; ');
  throw new ImdbTorchError('ERR_CHECK_FAILED', `${failed.length} of ${checks.length} checks failed: ${names}.`);
}
