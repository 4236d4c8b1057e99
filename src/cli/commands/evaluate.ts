import type { Command } from 'commander';
import { splitNames } from '../../data/collected_reviews.js';
import { describeEvaluation, evaluationDocument } from '../../report/console/evaluation.js';
import { readRunDocument } from '../../storage/read_run.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { assertReplaceable } from '../../system/own_output.js';
import { chooseReviews, predictionLines, predictionStart } from '../../library/evaluated_reviews.js';
import { interruptSignal } from '../interrupt.js';
import { assertDataNamed, otherData, othersOf } from '../options/other_data.js';
import { choice, integer, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { modelOptions, openClassifier } from '../trained_model/run_argument.js';
import { lossOf } from '../../storage/run_document.js';
import { readRunReviews } from '../trained_model/run_reviews.js';
import { formatMetric, formatText, metricTitles } from '../../report/format.js';
import { metricNames, metricOf, type MetricName } from '../../training/metric_names.js';
import type { LabelledPredictions } from '../../training/numbers/classification_report.js';
import { Terminal } from '../terminal.js';

const options = {
  ...otherData,
  split: {
    kind: optional(choice([...splitNames, 'all'])),
    group: 'Data',
    help: 'which of the reviews',
    usual: 'test; all of data without a test split that are given with --data',
  },
  metric: {
    kind: optional(choice(metricNames)),
    group: 'Output',
    help: 'tell this metric as well',
  },
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
  const classifier = await openClassifier(path, given, terminal, signal);
  try {
    const dataset = await readRunReviews(named, othersOf(given), classifier.featurizer, terminal, signal);
    // Others are new to the model, whichever of them would be held out.
    const split = given.split ?? (given.data !== undefined && dataset.testHeldOut ? 'all' : 'test');
    const reviews = chooseReviews(dataset, split, classifier.classes);
    const { evaluateReviews } = await import('../../library/evaluate.js');
    const how = { loss: lossOf(named.run), mistakes: given.mistakes, signal };
    const { figures, predictions } = await evaluateReviews(classifier, reviews, how);
    if (given.savePredictions !== undefined) {
      const lines = predictionLines(reviews, predictions, classifier.classes);
      await writeFileAtomic(given.savePredictions, lines, { signal });
    }
    const { location: source, sha256 } = dataset.source;
    terminal.say(`Data: ${formatText(source)}`);
    const metric = await measure(given.metric, predictions);
    if (!given.json) terminal.result(...describeEvaluation(figures, terminal.style));
    if (metric !== null) terminal.result(`${metricTitles[metric.name]}: ${formatMetric(metric.name, metric.value)}`);
    const document = { run: path, data: { source, sha256 }, read: dataset.read, ...evaluationDocument(figures) };
    terminal.document({ schema: 1, command: 'evaluate', ...document, ...(metric && { metric }) });
  } finally {
    classifier.dispose();
  }
}

/** Measures a metric of the predicted classes or probabilities, where one is asked for. */
async function measure(
  name: MetricName | undefined,
  predictions: LabelledPredictions,
): Promise<{ name: MetricName; value: number } | null> {
  if (name === undefined) return null;
  const { predictedClasses } = await import('../../training/numbers/classification_report.js');
  const { labels, probabilities } = predictions;
  return { name, value: metricOf(name, labels, predictedClasses(predictions), probabilities) };
}
