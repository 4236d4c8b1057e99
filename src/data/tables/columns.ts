import { ImdbTorchError } from '../../errors.js';
import type { Columns } from '../collected_reviews.js';

/** The usual names of the column of texts, the likeliest first. */
const usualTextNames: readonly string[] = [
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
const usualLabelNames: readonly string[] = [
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
  groupColumn?: string | undefined;
}

export interface ChosenColumns extends Columns {
  /** The column of what reviews have in common; null where none is given. */
  readonly group: string | null;
  /** Says whether at least one was taken by its name. */
  readonly guessed: boolean;
}

/**
 * Returns the columns of text and label: those given, else those with a usual name; and the one of groups, if given.
 * @throws ImdbTorchError ERR_USAGE when a given one is not there, ERR_DATASET when there is none to guess
 */
export function chooseColumns(
  names: readonly string[],
  { textColumn, labelColumn, groupColumn }: ColumnOptions,
  path: string,
): ChosenColumns {
  const given = {
    text: textColumn === undefined ? undefined : findColumn('text column', textColumn, names, path),
    label: labelColumn === undefined ? undefined : findColumn('label column', labelColumn, names, path),
  };
  const group = groupColumn === undefined ? null : findColumn('group column', groupColumn, names, path);
  const others = names.filter((name) => name !== group);
  const text = given.text ?? guess(others, usualTextNames, given.label, path);
  const label = given.label ?? guess(others, usualLabelNames, text, path);
  if (text === undefined || label === undefined) throw noGuess(names, text, path);
  if (text === label) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected two columns of ${path} but received ${JSON.stringify(text)} for text and label; name another.`,
    );
  }
  if (group === text || group === label) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a column of groups beside those of text and label of ${path} but received ${JSON.stringify(group)}; name another as the option groupColumn.`,
    );
  }
  return { text, label, group, guessed: textColumn === undefined || labelColumn === undefined };
}

/** Tells whether texts usually stand below that name. */
export function isUsualTextName(name: string): boolean {
  return usualTextNames.includes(lettersOf(name));
}

/** Tells whether texts or labels usually stand below that name. */
export function isUsualName(name: string): boolean {
  return isUsualTextName(name) || usualLabelNames.includes(lettersOf(name));
}

/**
 * Returns the column that is called `name`, but perhaps for blanks and quotation marks around it.
 * @param option names what the column is for, in messages
 * @throws ImdbTorchError ERR_USAGE when there is none or more than one
 */
export function findColumn(option: string, name: string, names: readonly string[], path: string): string {
  const exact = names.filter((other) => other === name);
  const found = exact.length > 0 ? exact : names.filter((other) => bare(other) === bare(name));
  if (found.length > 1) throw severalColumns(name, found, path);
  if (found[0] === undefined) throw noSuchColumn(option, name, names, path);
  return found[0];
}

/**
 * Returns the column of texts: the one given, else one with a usual name.
 * @throws ImdbTorchError ERR_USAGE when there is none of that name or more than one, ERR_DATASET when there is none to guess
 */
export function chooseTextColumn(names: readonly string[], textColumn: string | undefined, path: string): string {
  if (textColumn !== undefined) return findColumn('text column', textColumn, names, path);
  const text = guess(names, usualTextNames, undefined, path);
  if (text !== undefined) return text;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a column with a usual name, such as text, but ${path} has ${listNames(names)}; ` +
      'name that of the texts with the option textColumn.',
  );
}

function guess(
  names: readonly string[],
  usual: readonly string[],
  taken: string | undefined,
  path: string,
): string | undefined {
  const free = names.filter((name) => name !== taken);
  for (const wanted of usual) {
    const found = free.filter((name) => lettersOf(name) === wanted);
    const exact = found.filter((name) => bare(name) === wanted);
    const best = exact.length === 1 ? exact : found;
    if (best.length > 1) throw severalColumns(wanted, best, path);
    if (best.length === 1) return best[0];
  }
  return undefined;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}

function bare(name: string): string {
  return /^[\s"']*([^]*[^\s"'])?/.exec(name)?.[1] ?? '';
}

function severalColumns(name: string, found: readonly string[], path: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected one column of ${path} for ${JSON.stringify(name)} but it has ${listNames(found)}; ` +
      'rename the others, or choose with the options textColumn and labelColumn.',
  );
}

function noSuchColumn(option: string, name: string, names: readonly string[], path: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected one of the columns ${listNames(names)} of ${path} as ${option} but received ${JSON.stringify(name)}.`,
  );
}

function noGuess(names: readonly string[], text: string | undefined, path: string): ImdbTorchError {
  const [expected, remedy] =
    text === undefined
      ? ['columns with usual names, such as text and label,', 'name them with the options textColumn and labelColumn']
      : [
          `a column of labels beside "${text}"`,
          'name it with the option labelColumn, or leave the file out where its texts have no labels',
        ];
  return new ImdbTorchError('ERR_DATASET', `Expected ${expected} but ${path} has ${listNames(names)}; ${remedy}.`);
}

/** Returns the beginnings of at most 30 names, or says that there are none. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'no columns';
  return names
    .map((name) => JSON.stringify(name.slice(0, 60)))
    .slice(0, 30)
    .join(', ');
}
