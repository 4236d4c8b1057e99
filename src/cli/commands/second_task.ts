import type { Command } from 'commander';
import { trainPresets } from '../../experiments/presets.js';
import { chooseDataAtHand } from '../options/choose_data.js';
import { dataChoice } from '../options/data_options.js';
import { interruptSignal } from '../interrupt.js';
import type { NumberRule } from '../options/option_rules.js';
import {
  addChoices,
  addDataOption,
  addNumbers,
  addOutOption,
  addOutputOptions,
  readRunOptions,
  type RawOptions,
  type RunOptions,
} from '../options/options.js';
import { prepare, readData } from '../experiment/read_dataset.js';
import { addNumberRules } from '../options/rule_options.js';
import { readNumbers } from '../trained_model/run_argument.js';
import { Terminal } from '../terminal.js';

const rules = {
  seeds: {
    flag: '--seeds',
    about: 'models of each method, drawn from --seed on',
    integer: true,
    least: 1,
    most: 100,
    default: 3,
  },
  labelled: {
    flag: '--labelled',
    about: 'training reviews that the second task is learned from; the base is trained on the others',
    integer: true,
    least: 1,
    most: 1_000_000_000,
    default: 5000,
  },
  valid: {
    flag: '--valid',
    about: 'training reviews to choose settings on, of movies that no model is trained on',
    integer: true,
    least: 1,
    most: 1_000_000_000,
    default: 2000,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

interface RawSecondTaskOptions extends RawOptions {
  labelled?: string;
}

/** How the base is trained; what the preset does besides would take reviews that the base must not see. */
const base = { ...trainPresets.fixed, calibration: 'none', refit: false } as const;

/** `seeds` and `validationSize` among them. */
export interface SecondTaskOptions extends RunOptions {
  labelled: number;
}

export function addSecondTaskCommand(experiment: Command): void {
  const command = experiment
    .command('second-task')
    .description('what LoRA is for: a sentiment model learns to tell strong opinions from mild ones');
  addDataOption(command);
  addNumbers(command, ['seed', 'vocab', 'hidden', 'threads']);
  addNumberRules(command, Object.values(rules));
  addChoices(command, ['engine', 'dtype', 'device']);
  addOutputOptions(addOutOption(command)).action(runCommand);
}

function readOptions(raw: RawSecondTaskOptions): SecondTaskOptions {
  const {
    seeds = rules.seeds.default,
    labelled = rules.labelled.default,
    valid = rules.valid.default,
  } = readNumbers(rules, raw);
  return { ...readRunOptions(raw, { ...base, seeds, validationSize: valid }), labelled };
}

async function runCommand(raw: RawSecondTaskOptions): Promise<void> {
  const options = readOptions(raw);
  const terminal = new Terminal(options);
  const signal = interruptSignal();
  const choice = dataChoice(options, chooseDataAtHand);
  const dataset = await prepare((shared) => readData(choice, terminal, shared), terminal, signal);
  const [{ runSecondTaskCommand }, { assertChecks }] = await Promise.all([
    import('../experiment/run_second_task.js'),
    import('../experiment/run_lora.js'),
  ]);
  const document = await runSecondTaskCommand(options, dataset, terminal, signal);
  terminal.document(document);
  assertChecks(document.checks);
}
