import type { RunDocument } from '../../storage/run_document.js';
import { flagOf } from '../../settings/option.js';
import { everywhere, runOutput } from './output_options.js';

/** The flags that decide where the results go, not what they are, and whether each has a value. */
const outputFlags: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ ...runOutput, ...everywhere }).map(([key, { kind, ...option }]) => [
    'not' in option ? `--no-${key}` : flagOf(key),
    'value' in kind,
  ]),
);

/**
 * Returns the command line that repeats a run: as it was given, with the data and the seed written out. It is to be given in
 * the folder where the run was made. Null where `run.json` does not say.
 */
export function commandLineOf({ argv, options }: Pick<RunDocument, 'argv' | 'options'>): string | null {
  if (argv === undefined) return null;
  const words = withoutOutput(argv);
  const { data, seed } = options ?? {};
  const has = (flag: string): boolean => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  // A base has its data and seed with it.
  if (!has('--base')) {
    if (data !== undefined && !has('--data')) words.push('--data', data);
    if (seed !== undefined && !has('--seed')) words.push('--seed', String(seed));
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
