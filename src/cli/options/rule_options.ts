import { Option, type Command } from 'commander';
import type { ChoiceRule, NumberRule } from './option_rules.js';

/** Adds an option for each rule of a number. */
export function addNumberRules(command: Command, rules: readonly NumberRule[]): Command {
  for (const rule of rules) {
    command.addOption(new Option(`${rule.flag} <${rule.value ?? 'number'}>`, withDefault(rule)));
  }
  return command;
}

/** Adds an option for each rule of a choice. */
export function addChoiceRules(command: Command, rules: readonly ChoiceRule[]): Command {
  for (const rule of rules) {
    command.addOption(new Option(`${rule.flag} <${rule.choices.join('|')}>`, withDefault(rule)));
  }
  return command;
}

/** Defaults are named by hand: to commander every option is a text that may be missing. */
function withDefault(rule: NumberRule | ChoiceRule): string {
  return rule.default === undefined ? rule.about : `${rule.about} (default: ${rule.default})`;
}
