/** Compiles the examples to build/examples. They import the package by its name, so dist has to be there. */
import { run } from './project.mjs';

const tsc = 'node_modules/typescript/bin/tsc';
process.exitCode = await run(process.execPath, [tsc, '-p', 'examples', '--noEmit', 'false']);
