#!/usr/bin/env node
import { run } from './program.js';

// A reader that has gone, such as `head`, wants no more; the work itself goes on to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2));
