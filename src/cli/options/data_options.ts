import type { DataFiles } from '../../data/source_types.js';
import { chooseData } from './choose_data.js';
import { checkChoice, splitRule } from './option_rules.js';
import type { RawOptions, RunOptions } from './options.js';
import type { DataChoice } from '../experiment/read_dataset.js';

/** Which reviews to take, as given; see `chooseData`. */
export interface DataOptions {
  data: string | undefined;
  /** Files for the splits, instead of `data`. */
  train: string | undefined;
  validFile: string | undefined;
  test: string | undefined;
  /** Null: a fifth of the training reviews, at most 5000. */
  valid: number | null;
  textColumn: string | undefined;
  labelColumn: string | undefined;
  labels: string[] | undefined;
  strict: boolean;
  split: 'random' | 'movie' | 'auto';
}

/** The names that --labels lists. */
export function splitLabels(labels: string | undefined): string[] | undefined {
  return labels?.split(',').map((name) => name.trim());
}

/** @param defaults what holds where an option is not given: their reviews only where no others are named */
export function readDataOptions(raw: RawOptions, defaults: Partial<DataOptions> = {}): DataOptions {
  const { data, train, valid, test, textColumn, labelColumn, labels, strict } = raw;
  const stored = data === undefined && train === undefined ? defaults : {};
  return {
    data: data ?? stored.data,
    train: train ?? stored.train,
    validFile: isFile(valid) ? valid : stored.validFile,
    test: test ?? stored.test,
    valid: valid === undefined || isFile(valid) ? (defaults.valid ?? null) : Number(valid),
    textColumn: textColumn ?? stored.textColumn,
    labelColumn: labelColumn ?? stored.labelColumn,
    labels: splitLabels(labels) ?? stored.labels,
    strict: strict ?? defaults.strict ?? false,
    split: (raw.split as DataOptions['split'] | undefined) ?? defaults.split ?? 'random',
  };
}

/** Whether the value of --valid names a file: what begins like a number is meant as one. */
export function isFile(valid: string | undefined): valid is string {
  return valid !== undefined && !/^[+-]?\.?\d/.test(valid);
}

/** What contradicts itself in the choice of the reviews, a sentence each. */
export function findDataProblems(raw: RawOptions, defaults: Partial<DataOptions>): string[] {
  const problems: string[] = [];
  const { data, train, validFile, test, labels } = readDataOptions(raw, defaults);
  const splitProblem = raw.split === undefined ? null : checkChoice(splitRule, raw.split);
  if (splitProblem !== null) problems.push(splitProblem);
  if (train !== undefined && data !== undefined)
    problems.push('Expected --data or --train but received both.');
  for (const [name, file] of Object.entries({ valid: validFile, test })) {
    if (file !== undefined && train === undefined) {
      problems.push(`Expected --train with the training reviews beside --${name} ${file}.`);
    }
  }
  if (
    labels !== undefined &&
    (labels.length < 2 || labels.includes('') || new Set(labels).size < labels.length)
  ) {
    problems.push(
      `Expected at least two different names, separated by commas, for --labels but received ${JSON.stringify(labels.join(','))}.`,
    );
  }
  return problems;
}

/**
 * What to read for these options.
 * @param choose finds the data where neither --data nor --train names any
 */
export function dataChoice(options: RunOptions, choose = chooseData): DataChoice {
  const { data, train, validFile: valid, test } = options;
  const files: DataFiles | null = train === undefined ? null : { train, valid, test };
  return { ...options, data: files ?? choose(data) };
}
