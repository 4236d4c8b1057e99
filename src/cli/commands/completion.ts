import { Argument, type Command } from 'commander';
import { completionScript, shells, type Shell } from '../completion.js';
import { writeOut } from '../standard_streams.js';

/** @param createProgram makes the program with all commands */
export function defineCompletion(command: Command, createProgram: () => Promise<Command>): void {
  command.addArgument(new Argument('<shell>', 'which shell').choices(shells)).action(async (shell: Shell) => {
    writeOut(completionScript(await createProgram(), shell));
  });
}
