import { ImdbTorchError } from '../../errors.js';
import type { Check } from '../../experiments/check.js';
import { joinEvents } from '../../experiments/experiment_events.js';
import type { LoraResult } from '../../experiments/lora_fine_tuning.js';
import { hasSeenValidation, runLora, type FineTunedRun } from '../../library/fine_tuning.js';
import { formatCheck } from '../../report/console/checks.js';
import { formatExcerpts } from '../../report/console/describe_run.js';
import { formatHeading } from '../../report/console/line_style.js';
import { describeCalibration } from '../../report/console/folds_and_calibration.js';
import type { LoraDocument } from '../../storage/run_document.js';
import { experimentOf, finishRun, writeCommandRun, type ExperimentContext } from './experiment_context.js';
import { describeTuning } from '../../report/console/tuning.js';
import { stopOnInterrupt } from '../interrupt.js';
import { withRunDirectory } from '../../storage/run_directory.js';
import { runEvents } from './run_events.js';
import { checkRank } from '../../settings/fine_tuning_checks.js';

interface LoraOptions {
  out: string | undefined;
  merge: boolean;
  /** The run to start from; null: pretrain. */
  base: FineTunedRun | null;
}

/** Runs the LoRA experiment into a new run directory, which is kept even when a check fails. */
export async function runLoraCommand(context: ExperimentContext, options: LoraOptions): Promise<LoraDocument> {
  const { out, merge, base } = options;
  checkRank(context.options, context.dataset);
  if (base !== null && hasSeenValidation(base.run, context.dataset)) noteSeen(base.path, context);
  const document = await withRunDirectory({ out, command: 'lora' }, async (directory) => {
    const { terminal } = context;
    using stopping = context.options.search === 'none' ? null : stopOnInterrupt(terminal);
    const events = joinEvents(runEvents(context, directory, stopping), {
      onChosen(search) {
        terminal.result(...describeTuning(search, terminal.style));
      },
    });
    const experiment = { ...experimentOf(context), stop: stopping?.signal, events, base, merge };
    const contents = await runLora(experiment, (result) => {
      sayOutcome(context, result);
    });
    return await writeCommandRun(context, directory, contents);
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
