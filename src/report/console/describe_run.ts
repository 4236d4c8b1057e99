import { basename } from 'node:path';
import type { Device, Engine, FloatDtype } from '../../../binding.js';
import { describeLeftOut } from '../../data/tables/bad_rows.js';
import type { LeftOut } from '../../data/read_account.js';
import type { Dataset } from '../../data/dataset.js';
import type { Preview } from '../../data/splits/encoded_splits.js';
import type { SplitName } from '../../data/collected_reviews.js';
import type { ChosenMetric } from '../../experiments/choose_metric.js';
import type { LayerExcerpts } from '../../experiments/layer_state.js';
import type { ParameterCounts } from '../../model/parameters.js';
import type { EpochResult } from '../../training/loop.js';
import type { MetricName } from '../../training/metric_names.js';
import type { Metrics } from '../../training/evaluation.js';
import type { LineStyle } from './line_style.js';
import { meanEpochSeconds } from '../../training/statistics.js';
import {
  formatText,
  formatCount,
  formatLoss,
  formatMetric,
  formatMetrics,
  formatNames,
  formatSeconds,
  formatShare,
  formatValue,
  metricTitles,
} from '../format.js';
import { formatTable } from './table.js';

const splitTitles: Readonly<Record<SplitName, string>> = {
  train: 'Training',
  valid: 'Validation',
  test: 'Test',
};
const shownWords = 12;
const shownNotes = 20;

export function describeDevice(device: Device, engine: Engine, dtype: FloatDtype, threads: number): string {
  const how = engine === 'fused' ? 'the fused kernels' : "libtorch's operators";
  return `Device: ${device}, computing with ${how} in ${dtype} on ${threads} thread${threads === 1 ? '' : 's'}.`;
}

/** Says how large the splits are, where they come from, and what the first words are. */
export function describeDataset(dataset: Dataset): string[] {
  const { source, splits, vocabulary, fromCache, seconds, requestedVocabularySize, guess, testHeldOut } = dataset;
  const count = (split: SplitName): string => formatCount(splits[split].labels.length);
  const lines = [
    `Data: ${formatText(source.location)}${fromCache ? ', encoded by an earlier run' : ''} (${formatSeconds(seconds)}).`,
    `Reviews: ${count('train')} to train on, ${count('valid')} to validate, ${count('test')} to test.`,
    `Classes: ${formatNames(dataset.classes)}.`,
    `Vocabulary: ${formatCount(vocabulary.size)} ${dataset.features.ngrams > 1 ? 'n-grams' : 'words'}, the most frequent first: ${vocabulary.first(shownWords).join(' ')} ...`,
  ];
  if (requestedVocabularySize !== null && vocabulary.size < requestedVocabularySize) {
    lines.push(
      `The training reviews have fewer than the ${formatCount(requestedVocabularySize)} words asked for; all of them are used.`,
    );
  }
  if (guess !== null) {
    lines.splice(
      1,
      0,
      `Columns: text from "${formatText(guess.text)}", labels from "${formatText(guess.label)}", by their names, as no others are asked for.`,
    );
  }
  if (testHeldOut) {
    lines.push('Test reviews: a fifth of each class of these, held out by the seed, as there is no test file.');
  }
  return lines;
}

interface ReadLines {
  first: string;
  notLookedAt: readonly string[];
  notes: readonly string[];
}

/** Says what became of all that was there: in one line, and in further ones what was not looked at and what is unusual. */
export function describeRead({ source, badRows, read }: Dataset): ReadLines {
  const { count, total } = badRows;
  const unit = unitOf(source.kind);
  const some = count === 0 ? formatCount(read.rows) : `${formatCount(read.rows)} of ${formatCount(total)}`;
  const reasons = describeLeftOut(withoutFile(read.leftOut, source.location));
  const { notLookedAt, notes } = read;
  return {
    first: formatText(
      `Read ${some} ${unit} of ${source.location}${count === 0 ? '.' : `; left out ${formatCount(count)}: ${reasons}.`}`,
    ),
    notLookedAt: notLookedAt.length === 0 ? [] : [formatText(`Not looked at: ${notLookedAt.join(', ')}.`)],
    notes: [...notes.slice(0, shownNotes).map(formatText), ...(notes.length > shownNotes ? ['...'] : [])],
  };
}

function unitOf(kind: string): string {
  if (kind === 'sample') return 'reviews';
  return ['archive', 'folder', 'classes-folder'].includes(kind) ? 'files' : 'rows';
}

/** Leaves out the name of the file from the places of rows where there is one only. */
function withoutFile(leftOut: readonly LeftOut[], location: string): LeftOut[] {
  const file = `${basename(location)} `;
  return leftOut.map((each) => ({
    ...each,
    first: each.first.startsWith(file) ? each.first.slice(file.length) : each.first,
  }));
}

/** The first and the last reviews of each split, with their labels. */
export function describePreviews({ previews, classes }: Dataset): string[] {
  const line = ({ label, text }: Preview): string =>
    `  ${formatText(classes[label] ?? String(label))}  ${text.replace(/\s+/gu, ' ')}`;
  return (['train', 'valid', 'test'] as const).flatMap((split) => [
    `${splitTitles[split]} reviews, the first and the last three:`,
    ...previews[split].first.map(line),
    '  ...',
    ...previews[split].last.map(line),
  ]);
}

export function describeParameters({ trainable, total }: ParameterCounts): string {
  const share = formatShare(trainable / total);
  return `Parameters: ${formatCount(trainable)} trainable of ${formatCount(total)} (${share}).`;
}

/** A model that knows nothing gives all classes the same probability. */
export function describeExpectedLoss(classes: number): string {
  return `Loss expected before training: ln ${classes} = ${formatLoss(Math.log(classes))}`;
}

export function describeBefore(train: Metrics): string {
  return `Before training: train ${formatMetrics(train)}`;
}

/** @param metric the one that the run goes by */
export function describeEpoch(
  { epoch, seconds, train, valid }: EpochResult,
  epochs: number,
  metric: MetricName = 'accuracy',
): string {
  const number = String(epoch).padStart(String(epochs).length);
  // Short enough for 80 columns.
  const brief = ({ loss, accuracy }: Metrics): string => `loss ${formatLoss(loss)} (${formatShare(accuracy)})`;
  const value = metric === 'accuracy' ? undefined : valid[metric];
  const further = value === undefined ? '' : ` ${metricTitles[metric]} ${formatMetric(metric, value)}`;
  return `Epoch ${number}/${epochs}: train ${brief(train)}, valid ${brief(valid)}${further}, ${formatSeconds(seconds)}`;
}

/** Says what the run goes by and why, where nothing was asked for. */
export function describeMetric({ name, because }: ChosenMetric): string {
  return `Metric: ${metricTitles[name]}${because === undefined ? '' : `, as ${because}`}.`;
}

export function describeMeanEpoch(epochs: readonly EpochResult[]): string {
  return `Mean time per epoch: ${formatSeconds(meanEpochSeconds(epochs))}`;
}

/** @param model which model was tested */
export function describeTest(test: Metrics, model: string): string {
  return `Test of the ${model} model: ${formatMetrics(test)}`;
}

/** The notebook's letters of the parameters. */
const parameterTitles = [
  ['weight', 'W'],
  ['bias', 'bias'],
  ['up', 'A'],
  ['down', 'B'],
] as const;

/** The first values of layers' parameters: before fine-tuning, after it and, where there is one, the merge. */
export function formatExcerpts(excerpts: readonly LayerExcerpts[], style: LineStyle): string {
  const titles = ['first values of', 'before fine-tuning', 'after fine-tuning', 'after merging'];
  const layers = [...(excerpts[0] ?? [])];
  const rows = layers.flatMap(([layer, parameters]) =>
    parameterTitles
      .filter(([name]) => parameters[name] !== undefined)
      .map(([name, title]) => [
        layers.length === 1 ? title : `${layer} ${title}`,
        ...excerpts
          .map((excerpt) => (excerpt.get(layer)?.[name] ?? []).map(formatValue).join('\n'))
          .map((lines) => ({ lines })),
      ]),
  );
  return formatTable(titles.slice(0, excerpts.length + 1), rows, style);
}

export interface ResultRow {
  model: string;
  metrics: Metrics;
  /** Trainable parameters, and mean seconds of an epoch: null for a model that was not trained. */
  trainable: number | null;
  secondsPerEpoch: number | null;
}

/** The table that an experiment ends with. */
export function formatResults(rows: readonly ResultRow[], style: LineStyle): string {
  const titles = ['model', 'loss', 'accuracy', 'trainable parameters', 'per epoch'];
  const cells = rows.map(({ model, metrics, trainable, secondsPerEpoch }) => [
    model,
    formatLoss(metrics.loss),
    formatShare(metrics.accuracy),
    trainable === null ? '-' : formatCount(trainable),
    secondsPerEpoch === null ? '-' : formatSeconds(secondsPerEpoch),
  ]);
  return formatTable(titles, cells, style);
}
