import type { Command } from 'commander';
import { exportTargets } from '../../export/targets.js';
import { precisions } from '../../portable/model_file.js';
import { describeExport, describeMeasured } from '../../report/console/export.js';
import { byteCount, choice, optional, text } from '../../settings/kinds.js';
import { interruptSignal } from '../interrupt.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { assertDataNamed, otherData, othersOf } from '../options/other_data.js';
import { output } from '../options/output_options.js';
import { adapter, decision } from '../trained_model/run_argument.js';
import { readRunReviews } from '../trained_model/run_reviews.js';
import { Terminal } from '../terminal.js';

const options = {
  to: {
    kind: choice(exportTargets),
    default: 'web',
    help: 'for browsers and servers, a slim run directory, one page that works without a network, or a graph of the layers',
  },
  precision: { kind: choice(precisions), default: 'float32', help: 'how weights are kept' },
  maxSize: {
    kind: optional(byteCount),
    help: 'the largest size of model.bin, compressed with gzip: the features that matter least are left out',
  },
  adapter,
  decision,
  ...otherData,
  out: {
    kind: optional(text('path')),
    group: 'Output',
    help: 'the folder, or the file of html',
    usual: 'export-web, export.html and so on in the run directory',
  },
  ...output,
} as const;

export function defineExport(command: Command): void {
  command.argument('<run>', 'run directory');
  addOptions(command, options).action(exportRun);
}

async function exportRun(path: string, raw: RawOptions): Promise<void> {
  const given = readOptions(options, raw);
  assertDataNamed(raw);
  const signal = interruptSignal();
  const terminal = new Terminal(given);
  const { exportReading } = await import('../../library/export_run.js');
  const { to, out, precision, maxSize, adapter: chosen, decision: decided } = given;
  const asked = { to, out, precision, maxSize, adapter: chosen, decision: decided };
  const others = othersOf(given);
  const document = await exportReading(
    path,
    {
      ...asked,
      signal,
      onNote: (note) => {
        terminal.note(note);
      },
      onMeasured: (measured) => {
        terminal.clearProgress();
        terminal.result(...describeMeasured(measured));
      },
    },
    {
      hasData: others !== null,
      read: async (named, featurizer) => ({
        dataset: await readRunReviews(named, others, featurizer, terminal, signal),
        isOfRun: others === null,
        isWhole: others !== null,
      }),
      onProgress: showTried(terminal),
    },
  );
  if (!given.json) terminal.result(...describeExport(document.out, document.files, terminal.style));
  terminal.document(document);
}

/** Returns what shows how many model files were tried to reach a size. */
function showTried(terminal: Terminal): () => void {
  const begun = performance.now();
  let done = 0;
  return () => {
    done += 1;
    const seconds = (performance.now() - begun) / 1000;
    terminal.progress({ label: 'Fitting model.bin', done, total: null, unit: 'files', seconds });
  };
}
