import { describeValue } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { Kind } from './kinds.js';

/** The headings that `--help` has options under. */
type Group = 'Data' | 'Features' | 'Model' | 'Training' | 'Selection' | 'Computing' | 'Output';

/** An option of a command. Its flag is its key in kebab-case. */
export interface Option<T> {
  readonly kind: Kind<T>;
  readonly help: string;
  readonly group?: Group;
  readonly default?: T;
  /** The default in words, where it is no plain value. */
  readonly usual?: string;
  /** The help of the `--no-` form of a flag. */
  readonly not?: string;
  /** Rare options are shown by `--help-all` alone. */
  readonly isRare?: boolean;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of a table of options. */
export type Values<Table extends Options> = {
  [Key in keyof Table]: Table[Key]['kind'] extends Kind<infer T> ? T : never;
};

export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The values that were given, those that are not as expected among them, and a sentence for each of these. */
export interface Given<Table extends Options> {
  readonly values: Partial<Values<Table>>;
  readonly problems: string[];
}

/** Checks values by their keys. @param nameOf what messages call an option */
export function checkValues<Table extends Options>(
  options: Table,
  values: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string,
  read: (kind: Kind<unknown>, value: unknown) => unknown = (_kind, value) => value,
): Given<Table> {
  const accepted: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, { kind }] of Object.entries(options)) {
    const given = values[key];
    if (given === undefined) continue;
    const value = kind.accept(read(kind, given));
    // Of an option that may be given several times, its only value.
    const received: unknown = Array.isArray(given) && given.length === 1 ? given[0] : given;
    accepted[key] = value === undefined ? received : value;
    if (value !== undefined) continue;
    const advice = kind.advise?.(received);
    problems.push(
      `Expected ${kind.expected} for ${nameOf(key)} but received ${show(received)}${advice === undefined ? '' : `; ${advice}`}.`,
    );
  }
  return { values: accepted as Partial<Values<Table>>, problems };
}

const shownElements = 10;

/** Shows a value, which may be anything that a program or a file has. */
function show(value: unknown): string {
  if (!Array.isArray(value)) return describeValue(value);
  const shown = Array.from(value.slice(0, shownElements), describeValue).join(',');
  return `[${shown}${value.length > shownElements ? ',...' : ''}]`;
}

export function defaultsOf(options: Options): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
}

/** @throws ImdbTorchError ERR_USAGE with all of them, when there are any */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}
