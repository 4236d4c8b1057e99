import type { Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import type { TextClassifier } from '../../model/text_classifier.js';
import { formatCount } from '../../report/format.js';
import {
  formatNoPrediction,
  formatPrediction,
  type PredictionFormat,
} from '../../report/console/predictions.js';
import { outputError, systemCode } from '../../system/file_errors.js';
import { interruptSignal } from '../interrupt.js';
import { integer, number, optional, text } from '../options/kinds.js';
import { addOptions, readOptions, type RawOptions, type Values } from '../options/option.js';
import { modelOptions, openClassifier } from '../trained_model/run_argument.js';
import { Terminal } from '../terminal.js';
import { notUtf8, readTextLines } from '../text_input/text_lines.js';
import type { EncodedLines } from '../text_input/encoded_lines.js';
import { canReadInThread, EncodingThread } from '../text_input/encoding_thread.js';

const options = {
  file: { kind: optional(text('file')), help: 'classify the lines of this file' },
  textColumn: {
    kind: optional(text('name')),
    help: 'lines are JSON objects (JSON Lines) with the text under this name',
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
  const { topK = null, threshold, json } = given;
  const signal = interruptSignal();
  const terminal = new Terminal(given);
  const input = chooseInput(texts, given);
  const { textColumn } = given;
  const thread =
    typeof input === 'string' && canReadInThread(input)
      ? new EncodingThread({ run: path, file: input, textColumn }, signal)
      : null;
  const problems = new Map<string, { count: number; line: number }>();
  try {
    using classifier = await openClassifier(path, given, terminal, signal);
    const format = { classes: classifier.classes, json, topK, threshold };
    const batches =
      thread?.lines(classifier.featurizer) ?? encodeInThisThread(classifier, input, textColumn, signal);
    for await (const batch of batches) {
      signal.throwIfAborted();
      if (!(await write(predictBatch(classifier, batch, format)))) return;
      count(problems, batch);
    }
  } finally {
    await thread?.stop();
  }
  sayProblems(problems, terminal);
}

/**
 * @returns the texts, or the file to read them from
 * @throws ImdbTorchError ERR_USAGE unless exactly one kind of input is given
 */
function chooseInput(
  texts: readonly string[],
  { file, textColumn }: Pick<Values<typeof options>, 'file' | 'textColumn'>,
): readonly string[] | string {
  const named = file ?? (texts.length === 1 && texts[0] === '-' ? '-' : null);
  if ((file === undefined) === (texts.length === 0) || (named === null && texts.includes('-'))) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected either texts, or - for standard input, or --file.');
  }
  if (named !== null) return named;
  if (textColumn === undefined) return texts;
  throw new ImdbTorchError('ERR_USAGE', 'Expected --file or - with --text-column: texts have no columns.');
}

async function* encodeInThisThread(
  { featurizer }: TextClassifier,
  input: readonly string[] | string,
  textColumn: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<EncodedLines> {
  const { encodeLines } = await import('../text_input/encoded_lines.js');
  if (typeof input !== 'string') {
    yield* encodeLines(
      featurizer,
      input.map((text, index) => ({ line: index + 1, text, problem: null })),
    );
    return;
  }
  for await (const lines of readTextLines(input, { textColumn, signal }))
    yield* encodeLines(featurizer, lines);
}

/** The lines that are printed for a batch. */
function predictBatch(
  classifier: TextClassifier,
  { first, count, problems, encoded }: EncodedLines,
  format: PredictionFormat,
): string {
  const predictions = classifier.predictEncoded(encoded).values();
  const withoutText = new Map(
    problems.flatMap(({ line, hasText, problem }) => (hasText ? [] : [[line, problem]])),
  );
  let text = '';
  for (let line = first; line < first + count; line += 1) {
    const problem = withoutText.get(line);
    const prediction = problem === undefined ? predictions.next().value : undefined;
    text +=
      prediction === undefined
        ? formatNoPrediction(line, problem ?? '', format.json)
        : formatPrediction(prediction, line, format);
    text += '\n';
  }
  return text;
}

/** Writes to stdout and waits until that is done. @returns false when the reader, such as `head`, has gone */
function write(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve(true);
      else if (systemCode(error) === 'EPIPE') resolve(false);
      else reject(outputError('standard output', error));
    });
  });
}

function count(problems: Map<string, { count: number; line: number }>, lines: EncodedLines): void {
  for (const { line, problem } of lines.problems) {
    const found = problems.get(problem);
    if (found === undefined) problems.set(problem, { count: 1, line });
    else found.count += 1;
  }
}

/** @throws ImdbTorchError ERR_DATASET when lines were not of the form that was asked for */
function sayProblems(
  problems: ReadonlyMap<string, { count: number; line: number }>,
  terminal: Terminal,
): void {
  for (const [problem, { count: lines, line }] of problems) {
    const message = `${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}: ${problem} (first: line ${line})`;
    if (problem !== 'empty' && problem !== notUtf8) throw new ImdbTorchError('ERR_DATASET', `${message}.`);
    terminal.note(message);
  }
}
