import { Argument, type Command } from 'commander';
import { completionScript, shells, type Shell } from '../completion.js';
import { createProgram } from '../program.js';
import { writeOut } from '../standard_streams.js';

export function defineCompletion(command: Command): void {
  command.addArgument(new Argument('<shell>', 'which shell').choices(shells)).action(async (shell: Shell) => {
    writeOut(completionScript(await createProgram(), shell));
  });
}
