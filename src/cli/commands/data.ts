import type { Command } from 'commander';
import { knownArchiveName } from '../../data/imdb/fetch_archive.js';
import { datasetDocument } from '../../experiments/run_documents.js';
import { describeDataset, describePreviews } from '../../report/console/describe_run.js';
import { dataChoice } from '../../settings/data_choice.js';
import { output } from '../options/output_options.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { addSettings, readRequest } from '../options/read_settings.js';
import { interruptSignal } from '../interrupt.js';
import { readData } from '../experiment/read_dataset.js';
import { Terminal } from '../terminal.js';

export function defineData(command: Command): void {
  addOptions(addSettings(command, 'data'), output).action(data);
}

async function data(raw: RawOptions): Promise<void> {
  const { options, settle } = await readRequest(raw, 'data', output);
  const choice = dataChoice(settle());
  const terminal = new Terminal(options);
  const dataset = await readData(choice, terminal, interruptSignal());
  const { source, previews } = dataset;
  const known = source.kind === 'archive' ? knownArchiveName(source.sha256) : null;
  terminal.result(...describeDataset(dataset), `SHA-256: ${source.sha256}`);
  if (source.kind === 'archive') {
    terminal.result(
      known !== null
        ? `The checksum is that of ${known}.`
        : 'The checksum is not that of the Large Movie Review Dataset: these are other reviews, or it was repacked.',
    );
  }
  terminal.say(...describePreviews(dataset));
  terminal.document({ schema: 1, command: 'data', known, ...datasetDocument(dataset), previews });
}
