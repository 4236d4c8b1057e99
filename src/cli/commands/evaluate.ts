import type { Command } from 'commander';
import { splitNames } from '../../data/collected_reviews.js';
import { ImdbTorchError } from '../../errors.js';
import { describeEvaluation, evaluationDocument, type EvaluationFigures } from '../../report/console/evaluation.js';
import type { TextClassifier } from '../../model/text_classifier.js';
import { readRunDocument } from '../../storage/read_run.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { assertReplaceable } from '../../system/own_output.js';
import {
  chooseReviews,
  predictionLines,
  predictionStart,
  type ChosenReviews,
} from '../trained_model/evaluated_reviews.js';
import { interruptSignal } from '../interrupt.js';
import { choice, integer, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { flagOf, type Values } from '../../settings/option.js';
import { settings } from '../../settings/settings.js';
import { modelOptions, openClassifier } from '../trained_model/run_argument.js';
import {
  howRead,
  howReadKeys,
  readRunReviews,
  storedOptions,
  type StoredOptions,
} from '../trained_model/run_reviews.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

const options = {
  data: { ...settings.data, usual: 'the data of the run' },
  split: {
    kind: optional(choice([...splitNames, 'all'])),
    group: 'Data',
    help: 'which of the reviews',
    usual: 'test; all of data without a test split that are given with --data',
  },
  textColumn: { ...settings.textColumn, help: 'column of the texts in a table that is given with --data' },
  labelColumn: { ...settings.labelColumn, help: 'column of the labels in such a table' },
  header: settings.header,
  files: { ...settings.files, help: 'names of the files that are read in a folder that is given with --data' },
  labels: { ...settings.labels, help: 'the classes in these data, in order', usual: 'as the run was told' },
  encoding: { ...settings.encoding, help: 'encoding of such texts: auto is UTF-8, and Windows-1252 for what is not' },
  mistakes: {
    kind: integer(0),
    group: 'Output',
    default: 10,
    help: 'number of the most confident mistakes that are listed',
  },
  savePredictions: {
    kind: optional(text('file')),
    group: 'Output',
    help: 'write label and probabilities of each review (JSON Lines)',
  },
  ...modelOptions,
} as const;

type EvaluateOptions = Values<typeof options>;

export function defineEvaluate(command: Command): void {
  command.argument('<run>', 'run directory');
  addOptions(command, options).action(evaluate);
}

async function evaluate(path: string, raw: RawOptions): Promise<void> {
  const given = readOptions(options, raw);
  assertDataNamed(raw);
  if (given.savePredictions !== undefined) await assertReplaceable(given.savePredictions, predictionStart);
  const signal = interruptSignal();
  const terminal = new Terminal(given);
  const named = { path, run: await readRunDocument(path) };
  const stored = storedOptions(named);
  const classifier = await openClassifier(path, given, terminal, signal);
  try {
    const others = given.data === undefined ? null : { ...howRead(given), data: given.data, labels: given.labels };
    const dataset = await readRunReviews(named, others, classifier.featurizer, terminal, signal);
    const reviews = chooseReviews(dataset, given.split, given.data !== undefined, classifier.classes);
    const figures = await evaluateReviews(classifier, reviews, stored, given, signal);
    const { location: source, sha256 } = dataset.source;
    terminal.say(`Data: ${formatText(source)}`);
    if (!given.json) terminal.result(...describeEvaluation(figures, terminal.style));
    const document = { run: path, data: { source, sha256 }, read: dataset.read, ...evaluationDocument(figures) };
    terminal.document({ schema: 1, command: 'evaluate', ...document });
  } finally {
    classifier.dispose();
  }
}

/** Evaluates the model, and writes its predictions where that is asked for. */
async function evaluateReviews(
  classifier: TextClassifier,
  reviews: ChosenReviews,
  { loss }: StoredOptions,
  { mistakes, savePredictions }: EvaluateOptions,
  signal: AbortSignal,
): Promise<EvaluationFigures> {
  const { classes, description } = classifier;
  const { evaluateLabelled } = await import('../../training/labelled_evaluation.js');
  const { classificationReport, mostConfidentMistakes } =
    await import('../../training/numbers/classification_report.js');
  const { metrics, ofLogits, predictions } = await evaluateLabelled(classifier, reviews, { loss, signal });
  if (savePredictions !== undefined) {
    await writeFileAtomic(savePredictions, predictionLines(reviews, predictions, classes), { signal });
  }
  return {
    split: reviews.name,
    count: reviews.labels.length,
    classes,
    metrics,
    uncalibrated: description.calibration === null ? null : ofLogits,
    decision: description.decision ?? null,
    report: classificationReport(predictions),
    mistakes: mostConfidentMistakes(predictions, mistakes),
    originOf: reviews.originOf,
  };
}

/** Refuses what says how to read data where none are named: those of the run are read as they were. */
function assertDataNamed(raw: RawOptions): void {
  const given = ([...howReadKeys, 'labels'] as const).filter((key) => raw[key] !== undefined);
  if (raw.data !== undefined || given.length === 0) return;
  const flags = given.map((key) => (raw[key] === false ? flagOf(key).replace('--', '--no-') : flagOf(key)));
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected --data with ${flags.join(', ')}, which say how it is read, but received none; ` +
      'name the data, or leave these options out: the data of the run are read as they were in training.',
  );
}
