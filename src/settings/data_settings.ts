import { isTokenizerName, mostNgrams, tokenizers, type TokenizerName } from '../text/features.js';
import { isOwnName } from '../text/tokens/own_tokenizer.js';
import { choice, flag, flagOr, integer, number, optional, orNull, text, type Kind } from './kinds.js';
import {
  characterRange,
  classNames,
  encodingName,
  files,
  oneSource,
  patterns,
  reviewsOrFiles,
  weightingKinds,
} from './list_kinds.js';
import { declare } from './setting.js';

const commands = ['train', 'lora', 'experiment', 'data'] as const;
const data = declare({ group: 'Data', commands });
const feature = declare({ group: 'Features', commands, inherited: 'model' });

/** A run that was made with a tokenizer of a program's own has its name, which the command line cannot give. */
const tokenizerName: Kind<TokenizerName> = {
  ...choice<TokenizerName>(tokenizers, 'name', isTokenizerName),
  parse: (given) => (isOwnName(given) ? null : given),
  advise: (received) =>
    isOwnName(received) ? 'a tokenizer of your own is a function, which only a program can give' : undefined,
};

/** The settings that decide which reviews there are, and which of their features count. */
export const dataSettings = {
  data: data(
    optional(oneSource),
    'imdb, sample, or a folder, an archive or a file of reviews, or a pattern for several',
    {
      inherited: 'data',
      usual: '$IMDB_TORCH_DATA, else imdb',
    },
  ),
  train: data(
    optional(files),
    'training reviews: CSV, TSV, JSON Lines, Parquet or fastText files, or folders of classes; also a pattern such as "data/*.csv"',
    { inherited: 'data' },
  ),
  valid: data(reviewsOrFiles, 'size of the validation set, or files with it', {
    inherited: 'data',
    recordedAs: 'validationSize',
    usual: 'a fifth, at most 5000',
  }),
  test: data(optional(files), 'test reviews', {
    inherited: 'data',
    usual: 'a fifth of the training reviews',
  }),
  files: data(optional(patterns), 'names of the files in a folder that are read, such as "*.txt"', {
    inherited: 'data',
    usual: 'all that can be reviews',
  }),
  split: data(
    choice(['random', 'movie', 'auto']),
    'hold out single reviews, whole movies, or movies where they are known; groups where their column is given',
    { inherited: 'always' },
  ),
  textColumn: data(optional(text('name')), 'column of the texts', {
    inherited: 'data',
    usual: 'found by its name',
  }),
  labelColumn: data(optional(text('name')), 'column of the labels', {
    inherited: 'data',
    usual: 'found by its name',
  }),
  groupColumn: data(
    optional(text('name')),
    'column of what rows have in common, such as their author: those of one value are held out together',
    { inherited: 'data' },
  ),
  header: data(flag, 'the first row of CSV or TSV names the columns', {
    default: true,
    not: 'CSV and TSV have no names of columns, which are called 1, 2, ... then',
    inherited: 'data',
  }),
  labels: data(optional(classNames), 'names of the classes that the labels 0, 1, ... stand for', {
    inherited: 'data',
  }),
  encoding: data(encodingName, 'encoding of the texts: auto is UTF-8, and Windows-1252 for what is not', {
    inherited: 'data',
    default: 'auto',
  }),
  strict: data(flag, 'stop at a single bad row rather than at 1 % of them', { default: false }),
  tokenizer: feature(
    tokenizerName,
    'features are words, words and punctuation marks, or those of texts in any language',
    { recordedAs: 'features.tokenizer' },
  ),
  ngrams: feature(integer(1, mostNgrams), 'largest order of the n-grams', { recordedAs: 'features.ngrams' }),
  characters: feature(
    orNull(characterRange, 'none'),
    'numbers of characters of n-grams inside words, such as 3-5, that are features as well',
    { recordedAs: 'features.characters', default: null },
  ),
  characterWeight: feature(number({ above: 0 }), 'factor of the values of n-grams of characters', {
    recordedAs: 'features.characterWeight',
    default: 1,
    isRare: true,
  }),
  vocab: feature(orNull(integer(2, 10_000_000), 'all'), 'number of features, <UNK> included', {
    inherited: 'always',
    recordedAs: 'vocabularySize',
  }),
  minCount: feature(integer(1), 'number of reviews a feature must occur in', {
    recordedAs: 'features.minimumCount',
  }),
  counts: feature(choice(['binary', 'counts']), 'count a feature once per review or as often as it occurs', {
    recordedAs: 'features.counts',
    isRare: true,
  }),
  weighting: feature(weightingKinds, 'weight features by what they say of the classes, or by how rare they are', {
    recordedAs: 'features.weighting',
  }),
  normalize: feature(
    flagOr('length'),
    "divide a review's values by their Euclidean norm, or by the square root of its number of features",
    {
      recordedAs: 'features.normalize',
      not: 'leave the values as they are',
      isRare: true,
    },
  ),
  gain: feature(number({ above: 0 }), 'factor of all values in the end', {
    recordedAs: 'features.gain',
    isRare: true,
  }),
};
