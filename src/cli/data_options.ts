import type { DataFiles } from '../data/dataset.js';
import { chooseData } from './choose_data.js';
import { checkChoice, splitRule } from './option_rules.js';
import type { RawOptions, RunOptions } from './options.js';
import type { DataChoice } from './prepare.js';

/** Which reviews to take, as given; see `chooseData`. */
export interface DataOptions {
  data: string | undefined;
  /** Files for the splits, instead of `data`. */
  train: string | undefined;
  validFile: string | undefined;
  test: string | undefined;
  /** Null: a fifth of the training reviews, at most 5000. */
  validationSize: number | null;
  textColumn: string | undefined;
  labelColumn: string | undefined;
  labels: string[] | undefined;
  strict: boolean;
  split: 'random' | 'movie';
}

export function readDataOptions(raw: RawOptions): DataOptions {
  const { data, train, valid, test, textColumn, labelColumn, labels, strict = false } = raw;
  const validFile = isFile(valid) ? valid : undefined;
  const validationSize = valid === undefined || isFile(valid) ? null : Number(valid);
  const split = raw.split === 'movie' ? 'movie' : 'random';
  const names = labels?.split(',').map((name) => name.trim());
  return {
    data,
    train,
    validFile,
    test,
    validationSize,
    textColumn,
    labelColumn,
    labels: names,
    strict,
    split,
  };
}

/** Whether the value of --valid names a file: what begins like a number is meant as one. */
export function isFile(valid: string | undefined): valid is string {
  return valid !== undefined && !/^[+-]?\.?\d/.test(valid);
}

/** What contradicts itself in the choice of the reviews, a sentence each. */
export function findDataProblems(raw: RawOptions): string[] {
  const problems: string[] = [];
  const { data, train, validFile, test, labels } = readDataOptions(raw);
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
      `Expected at least two different names, separated by commas, for --labels but received ${JSON.stringify(raw.labels)}.`,
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
