import type { Command } from 'commander';
import { trainPresets, type Preset } from '../../experiments/presets.js';
import type { PhaseOptions } from '../../training/phase.js';
import {
  addFeatureOptions,
  allFeatures,
  findFeatureProblems,
  readFeatureOptions,
  type RawFeatureOptions,
} from './feature_options.js';
import { findDataProblems, isFile, readDataOptions, type DataOptions } from './data_options.js';
import { addListOptions, findListProblems, readList, type RawListOptions } from './list_rules.js';
import { findConflicts } from './option_conflicts.js';
import {
  checkChoice,
  choiceRules,
  numberRules,
  readNumber,
  splitRule,
  throwProblems,
} from './option_rules.js';
import { addChoiceRules, addNumberRules } from './rule_options.js';

type NumberName = keyof typeof numberRules;
type ChoiceName = keyof typeof choiceRules;

/** Options that name files, columns and classes of tables. `valid` is a number or a file. */
type TableName = 'train' | 'test' | 'textColumn' | 'labelColumn' | 'labels';

/** What commander hands over: texts, and booleans of flags without a value. */
export interface RawOptions
  extends RawFeatureOptions, RawListOptions, Partial<Record<NumberName | ChoiceName | TableName, string>> {
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
  report?: boolean;
  pytorch?: boolean;
  verbose?: boolean;
  preset?: string;
  config?: string;
  printConfig?: boolean;
  nesterov?: boolean;
  refit?: boolean;
}

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
}

/** The options of a command that runs an experiment. */
export interface RunOptions extends Omit<Preset, 'split' | 'validationSize'>, OutputOptions, DataOptions {
  out: string | undefined;
  /** Null: libtorch's choice. */
  threads: number | null;
  /** Runs, each with the next seed. */
  seeds: number;
  /** Whether the run ends with a report. */
  report: boolean;
}

/** What holds where an option is not given. */
export interface Defaults
  extends Preset, Partial<Pick<RunOptions, 'threads' | 'seeds'>>, Partial<Omit<DataOptions, keyof Preset>> {}

const dataNumbers = ['seed', 'vocab', 'valid'] as const;
const modelNumbers = ['hidden', 'lr', 'batch', 'threads'] as const;
const modelChoices = ['loss', 'engine', 'dtype', 'device'] as const;
const optimizerNumbers = ['momentum', 'weightDecay', 'eps', 'warmup', 'clip', 'patience', 'seeds'] as const;
const optimizerChoices = ['optimizer', 'schedule', 'calibration'] as const;
const loraNumbers = ['rank', 'alpha', 'loraEpochs'] as const;

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document and nothing else on stdout')
    .option('--quiet', 'say only what came out');
}

export function addDataOption(command: Command): Command {
  return command.option(
    '--data <where>',
    'imdb, sample, or a folder, an archive or a file of reviews (default: $IMDB_TORCH_DATA, else imdb)',
  );
}

export function addDataOptions(command: Command): Command {
  addDataOption(command)
    .option(
      '--train <file>',
      'training reviews: CSV, TSV, JSON Lines, Parquet or fastText lines, or a folder of classes',
    )
    .option('--test <file>', 'test reviews (default: a fifth of each class of the training reviews)')
    .option('--text-column <name>', 'column of the texts (default: the one with a usual name)')
    .option('--label-column <name>', 'column of the labels (default: the one with a usual name)')
    .option('--labels <a,b,...>', 'the classes, in order; a whole number stands for the class at that place')
    .option('--strict', 'stop at a single bad row (default: at more than 1 % of them)');
  addChoiceRules(command, [splitRule]);
  return addFeatureOptions(addNumbers(command, dataNumbers));
}

export function addTrainingOptions(command: Command): Command {
  addDataOptions(command);
  addNumbers(command, modelNumbers);
  addChoices(command, modelChoices);
  return addOutOption(command);
}

export function addOutOption(command: Command): Command {
  return command
    .option('--out <folder>', 'run directory (default: runs/<UTC time>-<command>)')
    .option('--no-report', 'do not write report.html');
}

/** What a training can have that the notebook's has not. @param presets the names that --preset takes */
export function addPresetOptions(command: Command, presets: readonly string[]): Command {
  command
    .option(
      `--preset <${presets.join('|')}>`,
      'what the other options default to (default: notebook, whose values are named here)',
    )
    .option('--config <file>', 'JSON file of options, between the preset and the command line')
    .option('--print-config', 'print the options as such a file, and do nothing else');
  addChoices(command, optimizerChoices);
  addListOptions(command, ['betas']);
  return addNumbers(command, optimizerNumbers)
    .option('--nesterov', "Nesterov's momentum")
    .option('--no-nesterov', 'plain momentum (default)');
}

export function addSelectionOptions(command: Command): Command {
  return addNumbers(command, ['dropout', 'folds'])
    .option('--refit', 'train a new model on all training reviews in the end, those held out included')
    .option('--no-refit', 'keep the model that was validated (default)');
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
  addListOptions(command, ['target']);
  addChoices(command, ['init']);
  return addNumbers(command, ['loraDropout'])
    .option('--use-rslora', 'scale the LoRA branches by alpha / sqrt(rank)')
    .option('--use-dora', "learn the lengths of W's rows apart from their directions (engine torch)");
}

/** What fine-tuning can have that the notebook's has not. */
export function addFineTuningOptions(command: Command): Command {
  addChoices(command, ['pretraining']);
  return addNumbers(command, ['lrUp', 'lrDown']);
}

export function addChoices(command: Command, names: readonly ChoiceName[]): Command {
  return addChoiceRules(
    command,
    names.map((name) => choiceRules[name]),
  );
}

export function addNumbers(command: Command, names: readonly NumberName[]): Command {
  return addNumberRules(
    command,
    names.map((name) => numberRules[name]),
  );
}

/**
 * The options of an experiment.
 * @param defaults of a preset and a configuration file
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readRunOptions(raw: RawOptions, defaults: Defaults = trainPresets.notebook): RunOptions {
  const problems = [
    ...findProblems(raw),
    ...findListProblems(raw),
    ...findDataProblems(raw, defaults),
    ...findFeatureProblems(raw),
  ];
  const number = (name: NumberName): number | undefined => {
    const text = raw[name];
    return text === undefined ? undefined : Number(text);
  };
  const options: RunOptions = {
    ...defaults,
    ...readDataOptions(raw, defaults),
    features: readFeatureOptions(raw, defaults.features),
    out: raw.out,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    report: raw.report ?? true,
    seed: number('seed') ?? defaults.seed,
    vocab: raw.vocab === allFeatures ? null : (number('vocab') ?? defaults.vocab),
    hidden: number('hidden') ?? defaults.hidden,
    epochs: number('epochs') ?? defaults.epochs,
    threads: number('threads') ?? defaults.threads ?? null,
    seeds: number('seeds') ?? defaults.seeds ?? 1,
    target: readList(raw, 'target') ?? defaults.target,
    rank: number('rank') ?? defaults.rank,
    alpha: number('alpha') ?? defaults.alpha,
    useRslora: raw.useRslora ?? defaults.useRslora,
    useDora: raw.useDora ?? defaults.useDora,
    init: (raw.init ?? defaults.init) as Preset['init'],
    loraDropout: number('loraDropout') ?? defaults.loraDropout,
    loraEpochs: number('loraEpochs') ?? defaults.loraEpochs,
    engine: (raw.engine ?? defaults.engine) as Preset['engine'],
    dtype: (raw.dtype ?? defaults.dtype) as Preset['dtype'],
    device: (raw.device ?? defaults.device) as Preset['device'],
    pretraining: (raw.pretraining ?? defaults.pretraining) as Preset['pretraining'],
    calibration: (raw.calibration ?? defaults.calibration) as Preset['calibration'],
    folds: number('folds') ?? defaults.folds,
    refit: raw.refit ?? defaults.refit,
    ...readStepOptions(raw, defaults, number),
  };
  problems.push(...findConflicts(options, raw));
  throwProblems(problems);
  return options;
}

/** How each step of a training goes. */
function readStepOptions(
  raw: RawOptions,
  defaults: Defaults,
  number: (name: NumberName) => number | undefined,
): PhaseOptions {
  return {
    optimizer: (raw.optimizer ?? defaults.optimizer) as Preset['optimizer'],
    lr: number('lr') ?? defaults.lr,
    lrUp: number('lrUp') ?? defaults.lrUp,
    lrDown: number('lrDown') ?? defaults.lrDown,
    momentum: number('momentum') ?? defaults.momentum,
    nesterov: raw.nesterov ?? defaults.nesterov,
    weightDecay: number('weightDecay') ?? defaults.weightDecay,
    betas: readList(raw, 'betas') ?? defaults.betas,
    eps: number('eps') ?? defaults.eps,
    schedule: (raw.schedule ?? defaults.schedule) as Preset['schedule'],
    warmup: number('warmup') ?? defaults.warmup,
    clip: number('clip') ?? defaults.clip,
    dropout: number('dropout') ?? defaults.dropout,
    batch: number('batch') ?? defaults.batch,
    loss: (raw.loss ?? defaults.loss) as Preset['loss'],
    patience: number('patience') ?? defaults.patience,
  };
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
  for (const name of ['data', 'train', 'valid', 'test', 'out', 'base', 'config'] as const) {
    if (raw[name]?.trim() === '') problems.push(`Expected a value for --${name} but received an empty text.`);
  }
  return problems;
}
