import { Option, type Command } from 'commander';
import { z } from 'zod';
import { parseNumber } from './option_rules.js';

/** An option that takes a list, in files as such, on the command line with commas. */
interface ListRule<T> {
  flag: string;
  about: string;
  /** What help calls the value. */
  value: string;
  default: string;
  /** What is taken, for messages. */
  expected: string;
  schema: z.ZodType<T>;
  /** The elements of a text, for `schema` to judge. */
  parse(text: string): unknown[];
}

const layers = ['fc1', 'fc2'] as const;

/** PEFT's `target_modules`. In the order of the layers, whatever order they were given in. */
const target = {
  flag: '--target',
  about: 'the linear layers with a LoRA branch: fc1, the hidden one, fc2, the output layer, or both',
  value: 'layers',
  default: 'fc1',
  expected: 'fc1, fc2 or fc1,fc2',
  schema: z
    .array(z.enum(layers))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'each layer once')
    .transform((names) => layers.filter((layer) => names.includes(layer))),
  parse: (text) => text.split(',').map((name) => name.trim()),
} as const satisfies ListRule<unknown>;

/** Of `torch.optim`'s Adam and its kin. */
const betas = {
  flag: '--betas',
  about: "how much of their means of gradients and of squared gradients Adam's kin keep at each step",
  value: 'b1,b2',
  default: '0.9,0.999',
  expected: 'two numbers from 0 to below 1 with a comma between them',
  schema: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]),
  parse: (text) => text.split(',').map((number) => parseNumber(number.trim(), { integer: false })),
} as const satisfies ListRule<unknown>;

export const listRules = { target, betas } as const;

type ListName = keyof typeof listRules;
type ValueOf<Name extends ListName> = z.infer<(typeof listRules)[Name]['schema']>;

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
  const { schema, parse } = listRules[name];
  return text === undefined ? undefined : (schema.safeParse(parse(text)).data as ValueOf<Name> | undefined);
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
