import { Option, type Command } from 'commander';
import { ImdbTorchError } from '../errors.js';
import { notebook, type ExperimentOptions } from '../experiments/options.js';
import type { FeatureOptions } from '../text/features.js';
import {
  addFeatureOptions,
  allFeatures,
  findFeatureProblems,
  readFeatureOptions,
  type RawFeatureOptions,
} from './feature_options.js';
import { findDataProblems, isFile, readDataOptions, type DataOptions } from './data_options.js';
import { checkChoice, choiceRules, numberRules, readNumber, splitRule } from './option_rules.js';

type NumberName = keyof typeof numberRules;
type ChoiceName = keyof typeof choiceRules;

/** Options that name files, columns and classes of tables. `valid` is a number or a file. */
type TableName = 'train' | 'test' | 'textColumn' | 'labelColumn' | 'labels';

/** What commander hands over: texts, and booleans of flags without a value. */
export interface RawOptions
  extends RawFeatureOptions, Partial<Record<NumberName | ChoiceName | TableName, string>> {
  data?: string;
  split?: string;
  strict?: boolean;
  out?: string;
  json?: boolean;
  quiet?: boolean;
  base?: string;
  merge?: boolean;
  useRslora?: boolean;
  useDora?: boolean;
  pytorch?: boolean;
  verbose?: boolean;
}

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
}

/** The options of a command that runs an experiment. */
export interface RunOptions extends ExperimentOptions, OutputOptions, DataOptions {
  features: FeatureOptions;
  out: string | undefined;
  /** Null: libtorch's choice. */
  threads: number | null;
}

const dataNumbers = ['seed', 'vocab', 'valid'] as const;
const modelNumbers = ['hidden', 'lr', 'batch', 'threads'] as const;
const trainingChoices = ['loss', 'engine', 'dtype', 'device'] as const;
const loraNumbers = ['rank', 'alpha', 'loraEpochs'] as const;

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document and nothing else on stdout')
    .option('--quiet', 'say only what came out');
}

export function addDataOptions(command: Command): Command {
  command
    .option(
      '--data <where>',
      'imdb, sample, or a folder, an archive or a file of reviews (default: $IMDB_TORCH_DATA, else imdb)',
    )
    .option(
      '--train <file>',
      'training reviews: CSV, TSV, JSON Lines, Parquet or fastText lines, or a folder of classes',
    )
    .option('--test <file>', 'test reviews (default: a fifth of each class of the training reviews)')
    .option('--text-column <name>', 'column of the texts (default: the one with a usual name)')
    .option('--label-column <name>', 'column of the labels (default: the one with a usual name)')
    .option('--labels <a,b,...>', 'the classes, in order; a whole number stands for the class at that place')
    .option('--strict', 'stop at a single bad row (default: at more than 1 % of them)')
    .addOption(new Option(`${splitRule.flag} <${splitRule.choices.join('|')}>`, withDefault(splitRule)));
  return addFeatureOptions(addNumbers(command, dataNumbers));
}

export function addTrainingOptions(command: Command): Command {
  addDataOptions(command);
  addNumbers(command, modelNumbers);
  for (const name of trainingChoices) addChoice(command, name);
  return command.option('--out <folder>', 'run directory (default: runs/<UTC time>-<command>)');
}

export function addEpochsOption(command: Command): Command {
  return addNumbers(command, ['epochs']);
}

export function addSeedAndThreads(command: Command): Command {
  return addNumbers(command, ['seed', 'threads']);
}

export function addLoraOptions(command: Command): Command {
  return addNumbers(command, loraNumbers);
}

/** What the notebook's LoRA has not. */
export function addBranchOptions(command: Command): Command {
  addChoice(command, 'init');
  return command
    .option('--use-rslora', 'scale the LoRA branch by alpha / sqrt(rank)')
    .option('--use-dora', "learn the lengths of W's rows apart from their directions (engine torch)");
}

function addChoice(command: Command, name: ChoiceName): void {
  const rule = choiceRules[name];
  command.addOption(new Option(`${rule.flag} <${rule.choices.join('|')}>`, withDefault(rule)));
}

function addNumbers(command: Command, names: readonly NumberName[]): Command {
  for (const name of names) {
    const rule = numberRules[name];
    command.addOption(
      new Option(`${rule.flag} <${'value' in rule ? rule.value : 'number'}>`, withDefault(rule)),
    );
  }
  return command;
}

/** Defaults are named by hand: to commander every option is a text that may be missing. */
function withDefault(rule: { about: string; default?: number | string }): string {
  return rule.default === undefined ? rule.about : `${rule.about} (default: ${rule.default})`;
}

/** The options of an experiment. @throws ImdbTorchError ERR_USAGE that names every problem */
export function readRunOptions(raw: RawOptions): RunOptions {
  const problems = [...findProblems(raw), ...findDataProblems(raw), ...findFeatureProblems(raw)];
  const number = (name: NumberName): number | undefined => {
    const text = raw[name];
    return text === undefined ? undefined : Number(text);
  };
  const vocabularySize = raw.vocab === allFeatures ? null : (number('vocab') ?? notebook.vocabularySize);
  const options: RunOptions = {
    ...readDataOptions(raw),
    features: readFeatureOptions(raw, vocabularySize),
    out: raw.out,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    seed: number('seed') ?? notebook.seed,
    vocabularySize,
    hidden: number('hidden') ?? notebook.hidden,
    learningRate: number('lr') ?? notebook.learningRate,
    epochs: number('epochs') ?? notebook.epochs,
    batchSize: number('batch') ?? notebook.batchSize,
    threads: number('threads') ?? null,
    rank: number('rank') ?? notebook.rank,
    alpha: number('alpha') ?? notebook.alpha,
    useRslora: raw.useRslora ?? notebook.useRslora,
    useDora: raw.useDora ?? notebook.useDora,
    initialization: (raw.init ?? notebook.initialization) as ExperimentOptions['initialization'],
    loraEpochs: number('loraEpochs') ?? notebook.loraEpochs,
    loss: (raw.loss ?? notebook.loss) as ExperimentOptions['loss'],
    engine: (raw.engine ?? notebook.engine) as ExperimentOptions['engine'],
    dtype: (raw.dtype ?? notebook.dtype) as ExperimentOptions['dtype'],
    device: (raw.device ?? notebook.device) as ExperimentOptions['device'],
  };
  problems.push(...findConflicts(options));
  throwProblems(problems);
  return options;
}

/** @throws ImdbTorchError ERR_USAGE with all of them, when there are any */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}

function findProblems(raw: RawOptions): string[] {
  const problems: string[] = [];
  for (const name of Object.keys(numberRules) as NumberName[]) {
    if (name === 'valid' && isFile(raw.valid)) continue;
    if (name === 'vocab' && raw.vocab === allFeatures) continue;
    const value = raw[name] === undefined ? 0 : readNumber(numberRules[name], raw[name]);
    if (typeof value === 'string') problems.push(value);
  }
  for (const name of Object.keys(choiceRules) as ChoiceName[]) {
    const problem = raw[name] === undefined ? null : checkChoice(choiceRules[name], raw[name]);
    if (problem !== null) problems.push(problem);
  }
  for (const name of ['data', 'train', 'valid', 'test', 'out', 'base'] as const) {
    if (raw[name]?.trim() === '') problems.push(`Expected a value for --${name} but received an empty text.`);
  }
  return problems;
}

function findConflicts({ rank, hidden, vocabularySize, engine, device, useDora }: RunOptions): string[] {
  const problems: string[] = [];
  const most = Math.min(hidden, vocabularySize ?? Infinity);
  // A size below 1 is a problem of its own, and has been reported.
  if (most >= 1 && rank > most) {
    problems.push(
      `Expected --rank to be at most ${most}, the smaller side of the hidden layer ` +
        `(${vocabularySize ?? 'all'} features x ${hidden}), but received ${rank}.`,
    );
  }
  if (engine === 'fused' && device.startsWith('cuda')) {
    problems.push(
      'Expected --engine torch or auto with --device cuda: the fused kernels run on the CPU only.',
    );
  }
  if (engine === 'fused' && useDora) {
    problems.push('Expected --engine torch or auto with --use-dora: the fused kernels have no DoRA.');
  }
  return problems;
}
