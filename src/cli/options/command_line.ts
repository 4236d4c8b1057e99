import type { RunDocument } from '../../report/console/runs.js';
import { flagOf } from './option.js';
import { runOutput } from './output_options.js';

/** The flags that decide where the results go, not what they are, and whether each has a value. */
const outputFlags: ReadonlyMap<string, boolean> = new Map(
  Object.entries(runOutput).map(([key, { kind, ...option }]) => [
    'not' in option ? `--no-${key}` : flagOf(key),
    'value' in kind,
  ]),
);

/**
 * Returns the command line that repeats a run: as it was given, with the data and the seed written out. It is to be given in
 * the folder where the run was made. Null where `run.json` does not say.
 */
export function commandLineOf({ argv, options }: RunDocument): string | null {
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === 'string')) return null;
  const words = withoutOutput(argv);
  const { data, seed } = (options ?? {}) as Readonly<Record<string, unknown>>;
  const has = (flag: string): boolean => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  // A base has its data and seed with it.
  if (!has('--base')) {
    if (typeof data === 'string' && !has('--data')) words.push('--data', data);
    if (typeof seed === 'number' && !has('--seed')) words.push('--seed', String(seed));
  }
  return ['npx', 'imdb-torch', ...words.map(quoteForShell)].join(' ');
}

function withoutOutput(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const takesValue = outputFlags.get(word);
    if (takesValue === true) index += 1;
    if (takesValue === undefined && !word.startsWith('--out=')) words.push(word);
  }
  return words;
}

/** Quotes a word as a POSIX shell reads it. */
function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
