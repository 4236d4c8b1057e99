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
import type { NumberRule } from '../options/option_rules.js';
import { addNumberRules } from '../options/rule_options.js';
import {
  addModelOptions,
  openClassifier,
  readNumbers,
  type ModelOptions,
} from '../trained_model/run_argument.js';
import { Terminal } from '../terminal.js';
import { notUtf8, readTextLines } from '../text_input/text_lines.js';
import type { EncodedLines } from '../text_input/encoded_lines.js';
import { canReadInThread, EncodingThread } from '../text_input/encoding_thread.js';

interface PredictOptions extends ModelOptions {
  file?: string;
  textColumn?: string;
  topK?: string;
  threshold?: string;
}

const rules = {
  topK: {
    flag: '--top-k',
    about: 'so many of the most probable classes',
    integer: true,
    least: 1,
    most: 1_000_000,
  },
  threshold: {
    flag: '--threshold',
    about: 'leave out classes that are less probable',
    integer: false,
    least: 0,
    most: 1,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('classify texts: a label and its probability a line, in the order of the texts')
    .argument('<run>', 'run directory')
    .argument('[text...]', 'texts, or - for standard input, a text a line')
    .option('--file <file>', 'classify the lines of this file')
    .option('--text-column <name>', 'lines are JSON objects (JSON Lines) with the text under this name');
  addNumberRules(command, Object.values(rules));
  addModelOptions(command).option('--json', 'print a JSON object a line (JSON Lines)').action(predict);
}

async function predict(path: string, texts: string[], options: PredictOptions): Promise<void> {
  const { topK = null, threshold = 0 } = readNumbers(rules, options);
  const signal = interruptSignal();
  const json = options.json ?? false;
  const terminal = new Terminal({ json, quiet: options.quiet ?? false });
  const input = chooseInput(texts, options);
  const { textColumn } = options;
  const thread =
    typeof input === 'string' && canReadInThread(input)
      ? new EncodingThread({ run: path, file: input, textColumn }, signal)
      : null;
  const problems = new Map<string, { count: number; line: number }>();
  try {
    using classifier = await openClassifier(path, options, terminal, signal);
    const format = { classes: classifier.classes, json, topK, threshold };
    const batches = thread?.lines(classifier.featurizer) ?? encodeHere(classifier, input, textColumn, signal);
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
  { file, textColumn }: PredictOptions,
): readonly string[] | string {
  const named = file ?? (texts.length === 1 && texts[0] === '-' ? '-' : null);
  if ((file === undefined) === (texts.length === 0) || (named === null && texts.includes('-'))) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected either texts, or - for standard input, or --file.');
  }
  if (named !== null) return named;
  if (textColumn === undefined) return texts;
  throw new ImdbTorchError('ERR_USAGE', 'Expected --file or - with --text-column: texts have no columns.');
}

async function* encodeHere(
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
