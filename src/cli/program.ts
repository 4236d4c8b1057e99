import { Command, CommanderError } from 'commander';
import { ImdbTorchError, messageOf } from '../errors.js';
import { packageVersion } from '../setup/package_root.js';
import { startAddonThread } from './addon/load_addon.js';
import { withFlags } from './options/option.js';

const usageExitCode = 2;
const failedExitCode = 1;

/** Exit codes of errors from the native side, which have a code but no class of this package. */
const nativeExitCodes: Readonly<Record<string, number>> = { ERR_DEVICE: 3 };

/** In the order of the help text. */
const commands = {
  train: async () => (await import('./commands/train.js')).addTrainCommand,
  lora: async () => (await import('./commands/lora.js')).addLoraCommand,
  experiment: async () => (await import('./commands/experiment.js')).addExperimentCommand,
  predict: async () => (await import('./commands/predict.js')).addPredictCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).addEvaluateCommand,
  explain: async () => (await import('./commands/explain.js')).addExplainCommand,
  report: async () => (await import('./commands/report.js')).addReportCommand,
  merge: async () => (await import('./commands/merge.js')).addMergeCommand,
  unmerge: async () => (await import('./commands/unmerge.js')).addUnmergeCommand,
  runs: async () => (await import('./commands/runs.js')).addRunsCommand,
  serve: async () => (await import('./commands/serve.js')).addServeCommand,
  data: async () => (await import('./commands/data.js')).addDataCommand,
  verify: async () => (await import('./commands/verify.js')).addVerifyCommand,
  bench: async () => (await import('./commands/bench.js')).addBenchCommand,
  setup: async () => (await import('./commands/setup.js')).addSetupCommand,
  doctor: async () => (await import('./commands/doctor.js')).addDoctorCommand,
} as const satisfies Readonly<Record<string, () => Promise<(program: Command) => void>>>;
const commandNames = Object.keys(commands) as (keyof typeof commands)[];

/** Those that read reviews while libtorch is loaded. */
const trainingCommands = ['train', 'lora', 'experiment'];

/** Runs the command line, and prints what goes wrong. @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) return printVersion();
  if (trainingCommands.includes(args[0] ?? '')) startAddonThread();
  try {
    await (await createProgram(args)).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what is wrong already, and exits with 0 after --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    printError(error);
    return exitCodeOf(error);
  }
}

/**
 * The program with the command that `args` begin with, or with all of them where help or a suggestion may be wanted: to
 * load them all takes a tenth of a second.
 */
export async function createProgram([name = '']: readonly string[]): Promise<Command> {
  const program = new Command('imdb-torch')
    .description(
      'Trains a bag-of-words sentiment classifier on the IMDb reviews and fine-tunes it with LoRA.',
    )
    .option('-V, --version', 'print the versions of this package and of libtorch')
    .showSuggestionAfterError()
    .exitOverride();
  const wanted = Object.hasOwn(commands, name) ? [name as keyof typeof commands] : commandNames;
  for (const add of await Promise.all(wanted.map((command) => commands[command]()))) add(program);
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
  const lines = withFlags(messageOf(error)).split('\n');
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
