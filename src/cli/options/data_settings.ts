import { mostNgrams } from '../../text/features.js';
import { choice, flag, integer, number, optional, orNull, text } from './kinds.js';
import { classNames, reviewsOrFile } from './list_kinds.js';
import type { Setting } from './setting.js';

const commands = ['train', 'lora', 'experiment', 'data'] as const;
const data = { group: 'Data', commands, inherited: 'data' } as const;
const feature = { group: 'Features', commands, inherited: 'model' } as const;

/** The settings that decide which reviews there are, and which of their features count. */
export const dataSettings = {
  data: {
    ...data,
    kind: optional(text('where')),
    help: 'imdb, sample, or a folder, an archive or a file of reviews',
    usual: '$IMDB_TORCH_DATA, else imdb',
  },
  train: {
    ...data,
    kind: optional(text('file')),
    help: 'training reviews: a CSV, TSV, JSON Lines, Parquet or fastText file, or a folder of classes',
  },
  valid: {
    ...data,
    kind: reviewsOrFile,
    inherited: 'always',
    recordedAs: 'validationSize',
    help: 'size of the validation set, or a file with it',
    usual: 'a fifth, at most 5000',
  },
  test: {
    ...data,
    kind: optional(text('file')),
    help: 'test reviews',
    usual: 'a fifth of the training reviews',
  },
  split: {
    ...data,
    kind: choice(['random', 'movie', 'auto']),
    inherited: 'always',
    help: 'hold out single reviews, whole movies, or movies where they are known',
  },
  textColumn: {
    ...data,
    kind: optional(text('name')),
    help: 'column of the texts',
    usual: 'found by its name',
  },
  labelColumn: {
    ...data,
    kind: optional(text('name')),
    help: 'column of the labels',
    usual: 'found by its name',
  },
  labels: {
    ...data,
    kind: optional(classNames),
    help: 'names of the classes that the labels 0, 1, ... stand for',
  },
  strict: {
    kind: flag,
    group: 'Data',
    commands,
    default: false,
    help: 'stop at a single bad row rather than at 1 % of them',
  },
  tokenizer: {
    ...feature,
    kind: choice(['notebook', 'words-and-punctuation']),
    recordedAs: 'features.tokenizer',
    help: 'features are words, or words and punctuation marks',
  },
  ngrams: {
    ...feature,
    kind: integer(1, mostNgrams),
    recordedAs: 'features.ngrams',
    help: 'largest order of the n-grams',
  },
  vocab: {
    ...feature,
    kind: orNull(integer(2, 10_000_000), 'all'),
    inherited: 'always',
    recordedAs: 'vocabularySize',
    help: 'number of features, <UNK> included',
  },
  minCount: {
    ...feature,
    kind: integer(1),
    recordedAs: 'features.minimumCount',
    help: 'number of reviews a feature must occur in',
  },
  counts: {
    ...feature,
    kind: choice(['binary', 'counts']),
    recordedAs: 'features.counts',
    isRare: true,
    help: 'count a feature once per review or as often as it occurs',
  },
  weighting: {
    ...feature,
    kind: choice(['none', 'naive-bayes']),
    recordedAs: 'features.weighting',
    help: 'weight features by what they say of the classes',
  },
  normalize: {
    ...feature,
    kind: flag,
    recordedAs: 'features.normalize',
    isRare: true,
    help: "divide a review's values by their Euclidean norm",
    not: 'leave the values as they are',
  },
  gain: {
    ...feature,
    kind: number({ above: 0 }),
    recordedAs: 'features.gain',
    isRare: true,
    help: 'factor of all values in the end',
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;
