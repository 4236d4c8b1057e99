/** Checks the format of the C++ sources, or with --write, formats them. */
import { filesIn, run } from './project.mjs';

const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
const sources = filesIn('native', /\.(cpp|h|inl)$/);
process.exitCode = await run('node_modules/.bin/clang-format', [...mode, ...sources]);
