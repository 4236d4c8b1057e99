import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import { describeMerge } from '../../report/console/merge.js';
import { describeTest } from '../../report/console/describe_run.js';
import { findAdapterFolders } from '../../storage/find_adapters.js';
import { modelPath, readRunDocument } from '../../storage/read_run.js';
import { hashFile } from '../../system/file_hash.js';
import { interruptSignal } from '../interrupt.js';
import { keepMergedModel, writeMergedRun, type MergedModel } from '../trained_model/merged_model.js';
import { output } from '../options/output_options.js';
import { optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { settings } from '../../settings/settings.js';
import { storedOptions, type GivenData, type StoredOptions } from '../../library/run_reviews.js';
import { openNative } from '../trained_model/run_argument.js';
import { howRead, readRunReviews } from '../trained_model/run_reviews.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

const options = {
  data: { ...settings.data, help: 'reviews to compare on, read as those of the run', usual: 'the data of the run' },
  adapter: {
    kind: optional(text('folder')),
    help: 'an adapter of this package or of PEFT',
    usual: "the run's own, else the newest of the runs beside it",
  },
  out: {
    kind: optional(text('folder')),
    help: 'new run directory for the merged model',
    usual: 'the run itself, which uses the merged model from then on',
  },
  threads: settings.threads,
  ...output,
} as const;

export function defineMerge(command: Command): void {
  command.argument('<run>', 'run directory');
  addOptions(command, options).action(merge);
}

async function merge(path: string, raw: RawOptions): Promise<void> {
  const { adapter: named, data, out, threads, ...printed } = readOptions(options, raw);
  assertFolder(named);
  const signal = interruptSignal();
  const terminal = new Terminal(printed);
  const run = await readRunDocument(path);
  const stored = storedOptions({ path, run });
  const { sha256: baseSha256 } = await hashFile(modelPath(path, 'model'));
  const adapter = named ?? (await chooseAdapter(path, baseSha256));
  terminal.say(`Adapter: ${formatText(adapter)}`);
  const classifier = await openNative(path, { adapter, threads }, terminal, signal);
  try {
    const { splits, classes } = await readRunReviews(
      { path, run },
      data === undefined ? null : othersLike(stored, data),
      classifier.featurizer,
      terminal,
      signal,
    );
    const { mergeAdapters } = await import('../../experiments/merge.js');
    const { evaluateLabelled } = await import('../../training/labelled_evaluation.js');
    const validation = { count: splits.valid.labels.length, ...mergeAdapters(classifier, splits.valid) };
    const figures: MergedModel['figures'] = { validation };
    terminal.result(describeMerge(validation));
    // The labels of the reviews say nothing of an adapter with a task of its own.
    if (isDeepStrictEqual(classes, classifier.classes)) {
      const { ofLogits } = await evaluateLabelled(classifier, splits.test, { ...stored, signal });
      figures.test = ofLogits;
      terminal.result(describeTest(ofLogits, 'merged'));
    }
    const merged: MergedModel = { run, path, adapter, baseSha256, classifier, figures };
    const model = await (out === undefined ? keepMergedModel(merged) : writeMergedRun(merged, out));
    terminal.say(`Merged model: ${formatText(model)}`);
    const base = { run: path, sha256: baseSha256 };
    const { calibration } = classifier.description;
    terminal.document({ schema: 1, command: 'merge', base, adapter, ...figures, calibration, model });
  } finally {
    classifier.dispose();
  }
}

/** Says to read other reviews as those of the run; names of files only choose in folders. */
function othersLike(stored: StoredOptions, data: string): GivenData {
  const isFolder = statSync(data, { throwIfNoEntry: false })?.isDirectory() === true;
  return { ...howRead(stored), ...(!isFolder && { files: undefined }), data };
}

/** Refuses the words that other commands take for a run's own models. @throws ImdbTorchError ERR_USAGE */
function assertFolder(adapter: string | undefined): void {
  if (adapter === undefined || !['on', 'off', 'merged'].includes(adapter)) return;
  throw new ImdbTorchError('ERR_USAGE', `Expected a folder for --adapter but received ${adapter}.`);
}

/** Finds the adapter that is meant where none is named. @throws ImdbTorchError ERR_RUN when there is none */
async function chooseAdapter(path: string, baseSha256: string): Promise<string> {
  const [adapter] = await findAdapterFolders(path, baseSha256);
  if (adapter !== undefined) return adapter;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected an adapter of ${path} in it or in a run beside it but there is none; ` +
      `fine-tune with \`lora --base ${path}\` or name one with --adapter.`,
  );
}
