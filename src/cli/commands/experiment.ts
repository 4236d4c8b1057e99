import { join } from 'node:path';
import type { Command } from 'commander';
import type { LoraDocument, TrainDocument } from '../../storage/run_document.js';
import { trainPresets } from '../../experiments/presets.js';
import { meanEpochSeconds } from '../../training/statistics.js';
import { formatResults, type ResultRow } from '../../report/console/describe_run.js';
import { formatHeading } from '../../report/console/line_style.js';
import { reportName } from '../../report/html/write_report.js';
import { dataChoice } from '../../settings/data_choice.js';
import { chooseDataAtHand } from '../options/choose_data.js';
import { runOutput } from '../options/output_options.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { addSettings, readRequest } from '../options/read_settings.js';
import { interruptSignal } from '../interrupt.js';
import { checkRank } from '../../settings/fine_tuning_checks.js';
import { prepare, readDataOrSample } from '../experiment/read_dataset.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

export function defineExperiment(command: Command): void {
  const notebook = command
    .command('notebook')
    .description('train, then lora --merge, and the table of results; without IMDb at hand on the sample');
  addOptions(addSettings(notebook, 'experiment'), runOutput).action(runNotebook);
}

async function runNotebook(raw: RawOptions): Promise<void> {
  const request = await readRequest(raw, 'experiment', runOutput, { notebook: trainPresets.notebook });
  const options = { ...request.settle(), ...request.options };
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  const choice = dataChoice(options, chooseDataAtHand);
  const dataset = await prepare((shared) => readDataOrSample(choice, terminal, shared), terminal, signal);
  const [{ openContext, reportRuns }, { runTrainCommand }, { runLoraCommand, assertChecks }] = await Promise.all([
    import('../experiment/experiment_context.js'),
    import('../experiment/run_train.js'),
    import('../experiment/run_lora.js'),
  ]);
  checkRank(options, dataset);
  const context = openContext(options, dataset, terminal, signal);
  const outOf = (name: string): string | undefined => options.out && join(options.out, name);
  const train = await runTrainCommand(context, outOf('train'));
  const lora = await runLoraCommand(context, { out: outOf('lora'), merge: true, base: null });
  const folder = options.out ?? lora.run;
  await reportRuns(context, [train.run, lora.run], join(folder, reportName));
  const rows = resultRows(train, lora);
  terminal.say(formatHeading(`Results on ${formatText(dataset.source.location)}`, terminal.style));
  terminal.result(formatResults(rows, terminal.style));
  terminal.say('Loss and accuracy on the test reviews; before training on the training reviews.');
  terminal.document({ schema: 1, command: 'experiment notebook', train, lora, results: rows });
  assertChecks(lora.checks);
}

function resultRows(full: TrainDocument, { pretrain, lora, merged }: LoraDocument): ResultRow[] {
  const untrained = { trainable: null, secondsPerEpoch: null };
  const rows: ResultRow[] = [{ model: 'before training', metrics: full.before.train, ...untrained }];
  const phases = [
    { model: 'full training', phase: full },
    { model: 'pretrained', phase: pretrain },
    { model: 'LoRA', phase: lora },
  ];
  for (const { model, phase } of phases) {
    if (phase === undefined) continue;
    const { test: metrics, parameters, epochs } = phase;
    rows.push({
      model,
      metrics,
      trainable: parameters.trainable,
      secondsPerEpoch: meanEpochSeconds(epochs),
    });
  }
  if (merged !== undefined) rows.push({ model: 'merged', metrics: merged.test, ...untrained });
  return rows;
}
