import { Option, type Command } from 'commander';
import { parseNumber } from './option_rules.js';

/** An option that takes a list, in files as such, on the command line with commas. */
export interface ListRule<T> {
  flag: string;
  about: string;
  /** What help calls the value. */
  value: string;
  default: string;
  /** What is taken, for messages. */
  expected: string;
  /** The elements of a text, for `read` to judge. */
  parse(text: string): unknown[];
  /** The list of these elements; undefined where they are not as expected. */
  read: (elements: readonly unknown[]) => T | undefined;
}

const layers = ['fc1', 'fc2'] as const;

/** PEFT's `target_modules`. In the order of the layers, whatever order they were given in. */
const target = {
  flag: '--target',
  about: 'the linear layers with a LoRA branch: fc1, the hidden one, fc2, the output layer, or both',
  value: 'layers',
  default: 'fc1',
  expected: 'fc1, fc2 or fc1,fc2',
  parse: (text) => text.split(',').map((name) => name.trim()),
  read: (names) => {
    const chosen = layers.filter((layer) => names.includes(layer));
    return chosen.length > 0 && chosen.length === names.length ? chosen : undefined;
  },
} as const satisfies ListRule<(typeof layers)[number][]>;

/** Of `torch.optim`'s Adam and its kin. */
const betas = {
  flag: '--betas',
  about: "how much of their means of gradients and of squared gradients Adam's kin keep at each step",
  value: 'b1,b2',
  default: '0.9,0.999',
  expected: 'two numbers from 0 to below 1 with a comma between them',
  parse: (text) => text.split(',').map((number) => parseNumber(number.trim(), { integer: false })),
  read: ([first, second, ...others]): [number, number] | undefined =>
    isBeta(first) && isBeta(second) && others.length === 0 ? [first, second] : undefined,
} as const satisfies ListRule<[number, number]>;

function isBeta(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1;
}

export const listRules = { target, betas } as const;

type ListName = keyof typeof listRules;
type ValueOf<Name extends ListName> = ReturnType<(typeof listRules)[Name]['read']>;

/** The options that take lists, as they are given. */
export type RawListOptions = Partial<Record<ListName, string>>;

export function addListOptions(command: Command, names: readonly ListName[]): Command {
  for (const name of names) {
    const { flag, about, value, default: usual } = listRules[name];
    command.addOption(new Option(`${flag} <${value}>`, `${about} (default: ${usual})`));
  }
  return command;
}

/** A list as it was given; undefined where it was not, or not as expected. */
export function readList<Name extends ListName>(raw: RawListOptions, name: Name): ValueOf<Name> | undefined {
  const text = raw[name];
  const { parse, read } = listRules[name];
  return text === undefined ? undefined : (read(parse(text)) as ValueOf<Name>);
}

/** What is wrong with the lists, a sentence each. */
export function findListProblems(raw: RawListOptions): string[] {
  return (Object.keys(listRules) as ListName[]).flatMap((name) => {
    const text = raw[name];
    if (text === undefined || readList(raw, name) !== undefined) return [];
    const { expected, flag } = listRules[name];
    return [`Expected ${expected} for ${flag} but received ${JSON.stringify(text)}.`];
  });
}
