import { ImdbTorchError } from '../../errors.js';
import type { Columns } from '../collected_reviews.js';

/** The usual names of the column of texts, the likeliest first. */
const usualTextNames = [
  'text',
  'review',
  'reviewtext',
  'content',
  'sentence',
  'comment',
  'body',
  'message',
  'document',
  'tweet',
  'description',
];
const usualLabelNames = [
  'label',
  'sentiment',
  'class',
  'category',
  'target',
  'polarity',
  'labels',
  'rating',
  'stars',
  'score',
  'y',
];

export interface ColumnOptions {
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
}

export interface ChosenColumns extends Columns {
  /** Says whether at least one was taken by its name. */
  readonly guessed: boolean;
}

/**
 * Returns the columns of text and label: those given, else those with a usual name.
 * @throws ImdbTorchError ERR_USAGE when a given one is not there, ERR_DATASET when there is none to guess
 */
export function chooseColumns(
  names: readonly string[],
  { textColumn, labelColumn }: ColumnOptions,
  path: string,
): ChosenColumns {
  for (const [option, name] of Object.entries({ 'text column': textColumn, 'label column': labelColumn })) {
    if (name !== undefined && !names.includes(name)) throw noSuchColumn(option, name, names, path);
  }
  const text = textColumn ?? guess(names, usualTextNames, labelColumn);
  const label = labelColumn ?? guess(names, usualLabelNames, text);
  if (text === undefined || label === undefined) throw noGuess(names, path);
  if (text === label) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected two columns of ${path} but received ${JSON.stringify(text)} for text and label; name another.`,
    );
  }
  return { text, label, guessed: textColumn === undefined || labelColumn === undefined };
}

function guess(names: readonly string[], usual: readonly string[], taken: string | undefined): string | undefined {
  const free = names.filter((name) => name !== taken);
  for (const wanted of usual) {
    const found = free.find((name) => name.toLowerCase().replace(/[^a-z]/g, '') === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function noSuchColumn(option: string, name: string, names: readonly string[], path: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected one of the columns ${list(names)} of ${path} as ${option} but received ${JSON.stringify(name)}.`,
  );
}

function noGuess(names: readonly string[], path: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected columns with usual names, such as text and label, but ${path} has ${list(names)}; ` +
      'name them with the options textColumn and labelColumn.',
  );
}

function list(names: readonly string[]): string {
  return names
    .map((name) => JSON.stringify(name.slice(0, 60)))
    .slice(0, 30)
    .join(', ');
}
