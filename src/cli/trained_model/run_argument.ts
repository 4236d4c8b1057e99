import type { Command } from 'commander';
import type { TextClassifier } from '../../model/text_classifier.js';
import { numberRules, readNumber, throwProblems, type NumberRule } from '../options/option_rules.js';
import { addNumberRules } from '../options/rule_options.js';
import type { Terminal } from '../terminal.js';

/** What the commands that use a trained model have in common. */
export interface ModelOptions {
  adapter?: string;
  threads?: string;
  json?: boolean;
  quiet?: boolean;
}

export function addAdapterOption(command: Command): Command {
  return command.option(
    '--adapter <on|off|merged|folder>',
    "the run's adapter, none, the merged model, or another adapter (default: merged or on, what the run has)",
  );
}

export function addModelOptions(command: Command): Command {
  return addNumberRules(addAdapterOption(command), [numberRules.threads]).option(
    '--quiet',
    'say only what came out',
  );
}

/**
 * Reads options that are numbers.
 * @param options by the names of `rules`
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readNumbers<Rules extends Readonly<Record<string, NumberRule>>>(
  rules: Rules,
  options: Readonly<Partial<Record<keyof Rules, string | undefined>>>,
): Partial<Record<keyof Rules, number>> {
  const numbers: Partial<Record<keyof Rules, number>> = {};
  const problems: string[] = [];
  for (const [name, rule] of Object.entries(rules) as [keyof Rules, NumberRule][]) {
    const text = options[name];
    if (text === undefined) continue;
    const value = readNumber(rule, text);
    if (typeof value === 'string') problems.push(value);
    else numbers[name] = value;
  }
  throwProblems(problems);
  return numbers;
}

/** Opens the model of a run, building the addon when there is none yet. */
export async function openClassifier(
  path: string,
  options: ModelOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TextClassifier> {
  const { threads } = readNumbers({ threads: numberRules.threads }, options);
  // Not before the caller has begun what can be done meanwhile.
  const { prepareAddon } = await import('../addon/prepare_addon.js');
  await prepareAddon(terminal, signal);
  const { TextClassifier } = await import('../../model/text_classifier.js');
  const classifier = await TextClassifier.open(path, { adapter: options.adapter, threads });
  for (const note of classifier.notes) terminal.note(note);
  return classifier;
}
