import type { Command } from 'commander';
import { buffer as readAll } from 'node:stream/consumers';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { textOfFile } from '../../system/text_file.js';
import type { Explanation } from '../../portable/explanation.js';
import { formatNames } from '../../report/format.js';
import { noPrediction } from '../../report/documents/answers.js';
import { describeExplanation, describeTopWords, explanationAnswer } from '../../report/console/explanation.js';
import { interruptSignal } from '../interrupt.js';
import { integer, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { modelOptions, openClassifier } from '../trained_model/run_argument.js';
import { Terminal } from '../terminal.js';

const options = {
  label: {
    kind: optional(text('class')),
    help: 'class whose log-odds are looked at',
    usual: 'the predicted one',
  },
  top: {
    kind: optional(integer(1, 10_000_000)),
    help: 'also show this number of words of the vocabulary that speak most for each class',
  },
  ...modelOptions,
} as const;

const narrowest = 40;

export function defineExplain(command: Command): void {
  command.argument('<run>', 'run directory').argument('[text]', 'the text, or - for standard input');
  addOptions(command, options).action(explain);
}

async function explain(path: string, text: string | undefined, raw: RawOptions): Promise<void> {
  const { label, top: count, json, quiet, ...model } = readOptions(options, raw);
  if (text === undefined && count === undefined) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected a text, or - for standard input, or --top.');
  }
  const terminal = new Terminal({ json, quiet });
  const classifier = await openClassifier(path, { ...model, isLittle: true }, terminal, interruptSignal());
  try {
    const { classes } = classifier;
    const { explainText, topWords } = await import('../../portable/explanation.js');
    const whole = text === '-' ? await readInput() : text;
    const isEmpty = whole?.trim() === '';
    const explanation = whole === undefined || isEmpty ? null : explainText(classifier, whole);
    const target = chooseTarget(label, explanation, classes);
    const top = count === undefined ? null : topWords(classifier, count);
    const width = Math.max(narrowest, terminal.width);
    const format = { classes, target, style: terminal.style, width };
    if (isEmpty) terminal.account('The text is empty: there is nothing to predict and to explain.');
    if (!json) {
      if (explanation !== null) terminal.result(...describeExplanation(explanation, whole ?? '', format));
      if (top !== null) terminal.result(...describeTopWords(top, format));
    }
    terminal.document({
      schema: 1,
      command: 'explain',
      run: path,
      ...(isEmpty && noPrediction),
      ...(explanation && explanationAnswer(explanation, classes)),
      ...(top && { top: Object.fromEntries(classes.map((name, k) => [name, top[k]])) }),
    });
  } finally {
    classifier.dispose();
  }
}

/** @throws ImdbTorchError ERR_DATASET when standard input holds no text */
async function readInput(): Promise<string> {
  try {
    return textOfFile(await readAll(process.stdin), 'auto').toString('utf8');
  } catch (error) {
    const message = `Expected a text on standard input but ${messageOf(error)}.`;
    throw new ImdbTorchError('ERR_DATASET', message, { cause: error });
  }
}

/** @throws ImdbTorchError ERR_USAGE when there is no such class */
function chooseTarget(label: string | undefined, explanation: Explanation | null, classes: readonly string[]): number {
  if (label === undefined) return classes.indexOf(explanation?.prediction.label ?? classes[0] ?? '');
  const target = classes.indexOf(label);
  if (target !== -1) return target;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected one of ${formatNames(classes)} for --label but received ${JSON.stringify(label)}.`,
  );
}
