import { Command, CommanderError } from 'commander';
import { ImdbTorchError, messageOf } from '../errors.js';
import { addBenchCommand } from './bench.js';
import { addDataCommand } from './data.js';
import { addDoctorCommand } from './doctor.js';
import { addEvaluateCommand } from './evaluate.js';
import { addExplainCommand } from './explain.js';
import { addExperimentCommand } from './experiment.js';
import { addLoraCommand } from './lora.js';
import { addPredictCommand } from './predict.js';
import { addMergeCommand } from './merge.js';
import { packageVersion } from '../setup/package_root.js';
import { addReportCommand } from './report.js';
import { addRunsCommand } from './runs.js';
import { addServeCommand } from './serve.js';
import { addSetupCommand } from './setup.js';
import { addTrainCommand } from './train.js';
import { addUnmergeCommand } from './unmerge.js';
import { addVerifyCommand } from './verify.js';

const usageExitCode = 2;
const failedExitCode = 1;

/** Exit codes of errors from the native side, which have a code but no class of this package. */
const nativeExitCodes: Readonly<Record<string, number>> = { ERR_DEVICE: 3 };

/** Runs the command line, and prints what goes wrong. @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) return printVersion();
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what is wrong already, and exits with 0 after --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    printError(error);
    return exitCodeOf(error);
  }
}

function createProgram(): Command {
  const program = new Command('imdb-torch')
    .description(
      'Trains a bag-of-words sentiment classifier on the IMDb reviews and fine-tunes it with LoRA.',
    )
    .option('-V, --version', 'print the versions of this package and of libtorch')
    .showSuggestionAfterError()
    .exitOverride();
  addTrainCommand(program);
  addLoraCommand(program);
  addExperimentCommand(program);
  addPredictCommand(program);
  addEvaluateCommand(program);
  addExplainCommand(program);
  addReportCommand(program);
  addMergeCommand(program);
  addUnmergeCommand(program);
  addRunsCommand(program);
  addServeCommand(program);
  addDataCommand(program);
  addVerifyCommand(program);
  addBenchCommand(program);
  addSetupCommand(program);
  addDoctorCommand(program);
  return program;
}

async function printVersion(): Promise<number> {
  process.stdout.write(`imdb-torch ${packageVersion()}\n`);
  try {
    const { versions } = await import('../model/native.js');
    process.stdout.write(`libtorch ${versions().libtorch}\n`);
  } catch {
    process.stdout.write('libtorch: not set up yet (npx imdb-torch setup)\n');
  }
  return 0;
}

function printError(error: unknown): void {
  const lines = messageOf(error).split('\n');
  for (const line of lines) process.stderr.write(`error: ${line}\n`);
  const known = error instanceof ImdbTorchError || typeof codeOf(error) === 'string';
  if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ImdbTorchError) return error.exitCode;
  return nativeExitCodes[codeOf(error) ?? ''] ?? failedExitCode;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}
