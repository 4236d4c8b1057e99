import type { Command } from 'commander';
import { interruptSignal } from '../interrupt.js';
import { integer, number, optional, text } from '../../settings/kinds.js';
import { columnNames, oneFile } from '../../settings/list_kinds.js';
import { dataSettings } from '../../settings/data_settings.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { PredictionPrinter } from '../trained_model/prediction_printer.js';
import { modelOptions, openClassifier } from '../trained_model/run_argument.js';
import { Terminal } from '../terminal.js';
import { chooseInput, EncodedInput } from '../text_input/encoded_input.js';
import { isLittleInput } from '../text_input/little_input.js';

const options = {
  file: { kind: optional(oneFile), help: 'classify the lines of this file, or the texts of this table' },
  textColumn: {
    kind: optional(text('name')),
    help: 'column of the texts in a table (CSV, TSV, JSON Lines, Parquet)',
    usual: 'one text per line; in JSON Lines and Parquet, found by its name',
  },
  keep: {
    kind: optional(columnNames),
    help: 'hand on these columns of a table, or all, behind the answer',
  },
  header: dataSettings.header,
  encoding: {
    ...dataSettings.encoding,
    help: 'encoding of the texts: auto is UTF-8, and Windows-1252 for what is not',
  },
  topK: { kind: optional(integer(1, 1_000_000)), help: 'number of the most probable classes to name' },
  threshold: {
    kind: number({ least: 0, most: 1 }),
    default: 0,
    help: 'leave out classes that are less probable',
  },
  ...modelOptions,
  json: { ...modelOptions.json, help: 'print one JSON object per line (JSON Lines)' },
} as const;

export function definePredict(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .argument('[text...]', 'texts, or - for standard input with one text per line');
  addOptions(command, options).action(predict);
}

async function predict(path: string, texts: string[], raw: RawOptions): Promise<void> {
  const given = readOptions(options, raw);
  const { topK = null, threshold, json, keep } = given;
  const signal = interruptSignal();
  const terminal = new Terminal(given);
  const chosen = chooseInput(texts, given);
  const isLittle = isLittleInput(chosen);
  const input = new EncodedInput(path, chosen, {
    isHere: isLittle && given.engine !== 'fused' && given.engine !== 'torch',
    signal,
  });
  try {
    using classifier = await openClassifier(path, { ...given, isLittle }, terminal, signal);
    const { classes, featurizer } = classifier;
    const kept = keep === undefined || keep === 'all' ? null : keep;
    const format = { classes, json, topK, threshold, kept };
    const printer = new PredictionPrinter(classifier, format, keep === 'all');
    const notes: string[] = [];
    for await (const lines of input.lines(featurizer, (sentence) => notes.push(sentence))) {
      signal.throwIfAborted();
      if (!(await printer.print(lines))) return;
    }
    for (const sentence of notes) terminal.note(sentence);
    printer.sayProblems(terminal);
  } finally {
    await input.stop();
  }
}
