import type { Command } from 'commander';
import { text as readAll } from 'node:stream/consumers';
import { ImdbTorchError } from '../../errors.js';
import type { Explanation, TopWord } from '../../model/explanation.js';
import {
  describeExplanation,
  describeTopWords,
  explanationAnswer,
} from '../../report/console/explanation.js';
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

interface ExplainOptions extends ModelOptions {
  label?: string;
  top?: string;
}

const rules = {
  top: {
    flag: '--top',
    about: 'also show so many words of the whole vocabulary that speak most for each class',
    integer: true,
    least: 1,
    most: 10_000_000,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

const narrowest = 40;

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('what each word of a text does to its prediction: the model is asked again without the word')
    .argument('<run>', 'run directory')
    .argument('[text]', 'the text, or - for standard input')
    .option('--label <class>', 'the class whose log-odds are looked at (default: the predicted one)');
  addNumberRules(command, [rules.top]);
  addModelOptions(command)
    .option('--json', 'print one JSON document and nothing else on stdout')
    .action(explain);
}

async function explain(path: string, text: string | undefined, options: ExplainOptions): Promise<void> {
  const { top: count } = readNumbers(rules, options);
  if (text === undefined && count === undefined) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected a text, or - for standard input, or --top.');
  }
  const json = options.json ?? false;
  const terminal = new Terminal({ json, quiet: options.quiet ?? false });
  const classifier = await openClassifier(path, options, terminal, interruptSignal());
  try {
    const { classes } = classifier;
    const { explainText, topWords } = await import('../../model/explanation.js');
    const whole = text === '-' ? await readAll(process.stdin) : text;
    const explanation = whole === undefined ? null : explainText(classifier, whole);
    const target = chooseTarget(options.label, explanation, classes);
    const top = count === undefined ? null : topWords(classifier, count);
    const width = Math.max(narrowest, terminal.width);
    const format = { classes, target, style: terminal.style, width };
    if (!json) {
      if (explanation !== null) terminal.result(...describeExplanation(explanation, whole ?? '', format));
      if (top !== null) terminal.result(...describeTopWords(top, format));
    }
    terminal.document(explainDocument(path, classes, explanation, top));
  } finally {
    classifier.dispose();
  }
}

/** @throws ImdbTorchError ERR_USAGE when there is no such class */
function chooseTarget(
  label: string | undefined,
  explanation: Explanation | null,
  classes: readonly string[],
): number {
  if (label === undefined) return classes.indexOf(explanation?.prediction.label ?? classes[0] ?? '');
  const target = classes.indexOf(label);
  if (target !== -1) return target;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected one of ${classes.join(', ')} for --label but received ${JSON.stringify(label)}.`,
  );
}

function explainDocument(
  run: string,
  classes: readonly string[],
  explanation: Explanation | null,
  top: readonly (readonly TopWord[])[] | null,
): object {
  return {
    schema: 1,
    command: 'explain',
    run,
    ...(explanation && explanationAnswer(explanation, classes)),
    ...(top && { top: Object.fromEntries(classes.map((name, k) => [name, top[k]])) }),
  };
}
