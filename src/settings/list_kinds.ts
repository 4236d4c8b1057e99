import { splitList } from '../data/files/globs.js';
import { labelName } from '../data/tables/label_spelling.js';
import { weightings, type Weighting } from '../text/weighting/weightings.js';
import type { CharacterRange } from '../text/characters/character_ngrams.js';
import { mostNgrams } from '../text/features.js';
import type { ClassWeighting } from '../training/class_weights.js';
import { encodingNamed } from '../system/text_encoding.js';
import { integer, list, number, text, type Kind } from './kinds.js';

const layerNames = ['fc1', 'fc2'] as const;
const beta = number({ least: 0, below: 1 });
const count = integer(1);
const orderOfCharacters = integer(1, mostNgrams);
const classFactor = number({ above: 0 });

/** PEFT's `target_modules`, in the order of the layers, whatever order they were given in. */
export const layers = list(
  'layers',
  'fc1, fc2 or fc1,fc2',
  (name) => name,
  (names) => {
    const chosen = layerNames.filter((layer) => names.includes(layer));
    return chosen.length > 0 && chosen.length === names.length ? chosen : undefined;
  },
);

/** A kind of weights, or several whose models are averaged: one alone is no list. */
export const weightingKinds: Kind<Weighting | readonly Weighting[]> = {
  value: 'names',
  choices: weightings,
  expected: `one or several of ${weightings.join(', ')}, separated by commas,`,
  parse: (given) => given.split(',').map((name) => name.trim()),
  accept: (given) => {
    const names: readonly unknown[] = Array.isArray(given) ? given : [given];
    const known = names.map((name) => weightings.find((weighting) => weighting === name));
    const kinds = known.filter((kind) => kind !== undefined);
    const [first] = kinds;
    if (first === undefined || kinds.length < names.length || new Set(kinds).size < kinds.length) return undefined;
    return kinds.length === 1 ? first : kinds;
  },
};

/** The least and the greatest number of characters of n-grams. */
export const characterRange: Kind<CharacterRange> = {
  value: 'least-most',
  expected: `two whole numbers from 1 to ${mostNgrams} with a hyphen between them, the smaller one first,`,
  parse: (given) => /^(\d+)-(\d+)$/.exec(given)?.slice(1).map(Number) ?? given,
  accept: (given) => {
    if (!Array.isArray(given) || given.length !== 2) return undefined;
    const [least, most] = given.map((number) => orderOfCharacters.accept(number));
    return least === undefined || most === undefined || least > most ? undefined : [least, most];
  },
};

/** The two betas of `torch.optim`'s Adam and its kin. */
export const betas = list(
  'b1,b2',
  'two numbers from 0 to below 1 with a comma between them',
  (element) => beta.parse(element),
  ([first, second, ...others]): readonly [number, number] | undefined => {
    const [one, two] = [beta.accept(first), beta.accept(second)];
    return one === undefined || two === undefined || others.length > 0 ? undefined : [one, two];
  },
);

/** Names of classes, which the command line quotes as CSV does where they have commas. */
export const classNames: Kind<readonly string[]> = {
  value: 'a,b,...',
  expected: 'at least two different names, separated by commas,',
  parse: (given) => {
    const fields = [...given.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^",][^,]*|))\s*(,|$)/gy)];
    const isWhole = fields.map(([field]) => field).join('') === given;
    // Behind the last name there is one more, which is empty, unless the text ends in a comma.
    const names = fields.slice(0, fields.at(-2)?.[3] === ',' ? undefined : -1);
    return isWhole ? names.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare?.trim()) : given;
  },
  accept: (names) => {
    if (!Array.isArray(names) || names.length < 2) return undefined;
    const known = names.map((name: unknown) => (typeof name === 'string' ? labelName(name) : ''));
    return known.includes('') || new Set(known).size < known.length ? undefined : (names as string[]);
  },
};

/** Weights of classes: names that have commas or equals signs are quoted as CSV does. */
export const classWeights: Kind<ClassWeighting> = {
  value: 'weights',
  expected: 'none, balanced, or names of classes with numbers above 0 such as a=1,b=5',
  parse: (given) => {
    if (given === 'none' || given === 'balanced') return given;
    const pairs = [...given.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^",=][^,=]*))\s*=\s*([^\s,]+)\s*(?:,(?=.)|$)/gy)];
    if (pairs.map(([pair]) => pair).join('') !== given) return given;
    const entries = pairs.map(([, quoted, bare = '', weight = '']): [string, unknown] => [
      labelName(quoted?.replaceAll('""', '"') ?? bare),
      classFactor.parse(weight),
    ]);
    return new Set(entries.map(([name]) => name)).size < entries.length ? given : Object.fromEntries(entries);
  },
  accept: (value) => {
    if (value === 'none' || value === 'balanced') return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const weights: readonly unknown[] = Object.values(value);
    const areWeights = weights.length > 0 && weights.every((weight) => classFactor.accept(weight) !== undefined);
    return areWeights ? (value as ClassWeighting) : undefined;
  },
};

/** Columns that are handed on. */
export const columnNames: Kind<readonly string[] | 'all'> = {
  value: 'a,b,...|all',
  expected: 'names of columns with commas between them, or all,',
  parse: (given) => (given === 'all' ? given : given.split(',').map((name) => name.trim())),
  accept: (value) => {
    if (value === 'all') return value;
    const isList = Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
    return isList && new Set(value).size === value.length ? (value as string[]) : undefined;
  },
};

/** An encoding of texts, under the name that the Encoding Standard has for it. */
export const encodingName: Kind<string> = {
  value: 'name',
  expected: 'auto or an encoding that browsers know, such as utf-8, windows-1252, utf-16le or shift_jis,',
  parse: (given) => given,
  accept: (given) => (typeof given === 'string' ? (encodingNamed(given) ?? undefined) : undefined),
};

/** Patterns of names, which the command line writes with commas or one by one. */
export const patterns: Kind<readonly string[]> = {
  value: 'pattern',
  repeats: true,
  expected: 'a pattern such as *.txt, or several of them,',
  parse: splitList,
  accept: (given) => {
    const names: readonly unknown[] = Array.isArray(given) ? given : [given];
    return names.length > 0 && names.every(isNamed) ? names : undefined;
  },
};

/** Names of hosts, with commas or one by one. */
export const hostNames: Kind<readonly string[]> = {
  ...list(
    'a,b,...',
    'names of hosts, separated by commas, or *,',
    (name) => name,
    (names) => {
      const areNames = names.every((name) => typeof name === 'string' && /^(\*|[^\s/*@]+)$/.test(name));
      return areNames ? (names as string[]) : undefined;
    },
  ),
  repeats: true,
};

/** A path or pattern, or several of them. */
export type Files = string | readonly string[];

export const files: Kind<Files> = {
  value: 'files',
  repeats: true,
  expected: 'a file or folder, or several of them,',
  parse: (given) => given,
  accept: (given) => {
    if (isNamed(given)) return given;
    return Array.isArray(given) && given.length > 0 && given.every(isNamed) ? given : undefined;
  },
};

/** One path or pattern: a second one would take the place of the first without a word. */
export const oneSource: Kind<string> = {
  value: 'where',
  repeats: true,
  expected: 'one path, or a pattern for several files,',
  parse: (given) => given,
  accept: (given) => (isNamed(given) ? given : undefined),
};

/** One file, for the same reason. */
export const oneFile: Kind<string> = { ...text('file'), repeats: true, expected: 'one file' };

function isNamed(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A number of reviews or files of them: what is written as a number is meant as one. */
export const reviewsOrFiles: Kind<number | Files | null> = {
  value: 'number|files',
  repeats: true,
  expected: `${count.expected}, or files,`,
  parse: (given) => (looksLikeNumber(given) ? count.parse(given) : given),
  accept: (value) => {
    if (value === null) return null;
    if (typeof value === 'number') return count.accept(value);
    return typeof value === 'string' && looksLikeNumber(value) ? undefined : files.accept(value);
  },
};

function looksLikeNumber(value: string): boolean {
  return /^[+-]?\.?\d[\d.,_]*(?:e[+-]?\d+)?%?$/i.test(value);
}

/** Returns the files of what is a number or files. */
export function filesOf(value: number | Files | null): Files | undefined {
  return value === null || typeof value === 'number' ? undefined : value;
}
