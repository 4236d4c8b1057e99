import type { Command } from 'commander';
import { splitNames } from '../../data/collected_reviews.js';
import type { Dataset } from '../../data/dataset.js';
import {
  describeEvaluation,
  evaluationDocument,
  type EvaluationFigures,
} from '../../report/console/evaluation.js';
import { readRunDocument } from '../../storage/read_run.js';
import type { Featurizer } from '../../text/featurizer.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { splitLabels } from '../options/data_options.js';
import { chooseReviews, predictionLines } from '../trained_model/evaluated_reviews.js';
import { interruptSignal } from '../interrupt.js';
import { checkChoice, throwProblems, type ChoiceRule, type NumberRule } from '../options/option_rules.js';
import { readData } from '../experiment/read_dataset.js';
import { addChoiceRules, addNumberRules } from '../options/rule_options.js';
import {
  addModelOptions,
  openClassifier,
  readNumbers,
  type ModelOptions,
} from '../trained_model/run_argument.js';
import { readRunReviews, storedOptions, type StoredOptions } from '../trained_model/run_reviews.js';
import { Terminal } from '../terminal.js';

interface EvaluateOptions extends ModelOptions {
  data?: string;
  split?: string;
  textColumn?: string;
  labelColumn?: string;
  labels?: string;
  mistakes?: string;
  savePredictions?: string;
}

const rules = {
  mistakes: {
    flag: '--mistakes',
    about: 'so many of the most confident mistakes are listed',
    integer: true,
    least: 0,
    most: 1_000_000_000,
    default: 10,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

const splitRule: ChoiceRule = {
  flag: '--split',
  about: 'which reviews',
  choices: [...splitNames, 'all'],
  default: 'test; all of a table or of folders of classes that are given with --data',
};

export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .description('how good a model is: loss, scores of each class, confusion, calibration, worst mistakes')
    .argument('<run>', 'run directory')
    .option('--data <where>', 'imdb, sample, a folder, an archive or a file (default: the data of the run)');
  addChoiceRules(command, [splitRule])
    .option('--text-column <name>', 'column of the texts in a table that is given with --data')
    .option('--label-column <name>', 'column of the labels there')
    .option('--labels <a,b,...>', 'the classes there, in order (default: as the run was told)');
  addNumberRules(command, [rules.mistakes]).option(
    '--save-predictions <file>',
    'write label and probabilities of each review (JSON Lines)',
  );
  addModelOptions(command)
    .option('--json', 'print one JSON document and nothing else on stdout')
    .action(evaluate);
}

async function evaluate(path: string, options: EvaluateOptions): Promise<void> {
  const { mistakes = rules.mistakes.default } = readNumbers(rules, options);
  const splitProblem = options.split === undefined ? null : checkChoice(splitRule, options.split);
  throwProblems(splitProblem === null ? [] : [splitProblem]);
  const signal = interruptSignal();
  const terminal = new Terminal({ json: options.json ?? false, quiet: options.quiet ?? false });
  const stored = storedOptions(await readRunDocument(path), path);
  const classifier = await openClassifier(path, options, terminal, signal);
  try {
    const { classes, featurizer } = classifier;
    const dataset = await readReviews(options, stored, featurizer, terminal, signal);
    const reviews = chooseReviews(dataset, options.split, options.data !== undefined, classes);
    const { evaluateLabelled } = await import('../../training/labelled_evaluation.js');
    const { classificationReport, mostConfidentMistakes } =
      await import('../../training/classification_report.js');
    const { metrics, ofLogits, predictions } = await evaluateLabelled(classifier, reviews, {
      ...stored,
      signal,
    });
    const figures: EvaluationFigures = {
      split: reviews.name,
      count: reviews.labels.length,
      classes,
      metrics,
      uncalibrated: classifier.description.calibration === null ? null : ofLogits,
      report: classificationReport(predictions),
      mistakes: mostConfidentMistakes(predictions, mistakes),
      originOf: reviews.originOf,
    };
    if (options.savePredictions !== undefined) {
      const lines = predictionLines(reviews, predictions, classes);
      await writeFileAtomic(options.savePredictions, lines, { signal });
    }
    const { location: source, sha256 } = dataset.source;
    terminal.say(`Data: ${source}`);
    if (options.json !== true) terminal.result(...describeEvaluation(figures, terminal.style));
    const document = { run: path, data: { source, sha256 }, ...evaluationDocument(figures) };
    terminal.document({ schema: 1, command: 'evaluate', ...document });
  } finally {
    classifier.dispose();
  }
}

/** The reviews as the model reads them: those of the run, or others. */
async function readReviews(
  { data, textColumn, labelColumn, labels }: EvaluateOptions,
  stored: StoredOptions,
  featurizer: Featurizer,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Dataset> {
  if (data === undefined) return readRunReviews(stored, featurizer, terminal, signal);
  const { seed, vocab } = stored;
  const names = splitLabels(labels) ?? stored.labels;
  const columns = { textColumn, labelColumn, labels: names };
  const choice = { data, seed, vocab, ...columns, valid: null, featurizer };
  return readData(choice, terminal, signal);
}
