import { Command, CommanderError } from 'commander';
import { ImdbTorchError, messageOf } from '../errors.js';
import { formatLines, formatText } from '../report/format.js';
import { packageVersion } from '../setup/package_root.js';
import { startAddonThread } from './addon/load_addon.js';
import { interruptExitCode } from './interrupt.js';
import { writeErr, writeOut, writeOutAndWait } from './standard_streams.js';

const usageExitCode = 2;
const failedExitCode = 1;

/** Exit codes of errors from the native side, which have a code but no class of this package. */
const nativeExitCodes: Readonly<Record<string, number>> = { ERR_DEVICE: 3 };

/** Errors whose message has lines of its own; in that of any other a line feed is a part of what it quotes. */
const codesWithLines = ['ERR_USAGE', 'ERR_LIBTORCH', 'ERR_BUILD', 'ERR_PYTHON'];

/** A command by what help says of it; its arguments and options are loaded only when it runs. */
interface CommandEntry {
  about: string;
  define: () => Promise<(command: Command) => void>;
}

/** The commands in the order of the help text. */
const commands: Readonly<Record<string, CommandEntry>> = {
  train: {
    about: 'train the whole classifier, as the notebook does or as a better preset says',
    define: async () => (await import('./commands/train.js')).defineTrain,
  },
  tune: {
    about: 'look for the best settings for your reviews within a time, and train with them',
    define: async () => (await import('./commands/tune.js')).defineTune,
  },
  lora: {
    about: 'pretrain for one epoch, or take a trained model, and fine-tune it with LoRA',
    define: async () => (await import('./commands/lora.js')).defineLora,
  },
  experiment: {
    about: 'run a whole experiment',
    define: async () => (await import('./commands/experiment.js')).defineExperiment,
  },
  predict: {
    about: 'classify texts: one line per text, with its label and probability, in the order of the texts',
    define: async () => (await import('./commands/predict.js')).definePredict,
  },
  evaluate: {
    about: 'say how good a model is: loss, scores of each class, confusion, calibration, worst mistakes',
    define: async () => (await import('./commands/evaluate.js')).defineEvaluate,
  },
  explain: {
    about: 'show what each word of a text does to its prediction, which is made again without it',
    define: async () => (await import('./commands/explain.js')).defineExplain,
  },
  report: {
    about: 'write the report of a run again, or one that shows several runs side by side',
    define: async () => (await import('./commands/report.js')).defineReport,
  },
  merge: {
    about: 'add a LoRA adapter to the weights of a model, and tell what that does to its logits',
    define: async () => (await import('./commands/merge.js')).defineMerge,
  },
  unmerge: {
    about: 'undo merge: the run uses its own model again, which merging has kept bit for bit',
    define: async () => (await import('./commands/unmerge.js')).defineUnmerge,
  },
  runs: {
    about: 'list the run directories in a folder with their headline figures',
    define: async () => (await import('./commands/runs.js')).defineRuns,
  },
  export: {
    about: 'write what runs without libtorch: a module for browsers and servers, one page, a slim run, an ONNX graph',
    define: async () => (await import('./commands/export.js')).defineExport,
  },
  serve: {
    about: 'offer a model over HTTP (/predict, /explain, /openapi.json) and on a page to try it on',
    define: async () => (await import('./commands/serve.js')).defineServe,
  },
  data: {
    about: 'fetch and check the reviews, and show how many there are, some of them and the words',
    define: async () => (await import('./commands/data.js')).defineData,
  },
  audit: {
    about: 'name the labels that are probably wrong, and texts that come more than once',
    define: async () => (await import('./commands/audit.js')).defineAudit,
  },
  verify: {
    about: 'recompute cases that PyTorch has computed, with every engine, and compare the results',
    define: async () => (await import('./commands/verify.js')).defineVerify,
  },
  bench: {
    about: 'measure on this machine',
    define: async () => (await import('./commands/bench.js')).defineBench,
  },
  setup: {
    about: 'get libtorch and build the native addon now, rather than on first use',
    define: async () => (await import('./commands/setup.js')).defineSetup,
  },
  completion: {
    about: 'print a script that completes commands and options in bash, zsh or fish',
    define: async () => {
      const { defineCompletion } = await import('./commands/completion.js');
      return (command) => {
        defineCompletion(command, createProgram);
      };
    },
  },
  doctor: {
    about: 'say what is there of all that is needed, and what to do about what is missing',
    define: async () => (await import('./commands/doctor.js')).defineDoctor,
  },
};

/** The commands that read reviews while libtorch is loaded. */
const trainingCommands = ['train', 'tune', 'lora', 'experiment', 'audit'];

/** The shell makes several arguments of a pattern, of which an option takes the first. */
const quotingHint =
  "Put a pattern for several files in quotes, as in --train 'data/*.csv', or give the option once for each.\n";

function isDataFlag(word: string): boolean {
  return /^--(?:data|train|valid|test|files)(?:=|$)/.test(word);
}

/** Runs the command line, and prints what goes wrong. @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await runCommand(args);
    await writeOutAndWait('');
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments' && args.some(isDataFlag)) writeErr(quotingHint);
      return usageExitCode;
    }
    await printError(error);
    return exitCodeOf(error);
  }
}

async function runCommand(args: readonly string[]): Promise<void> {
  if (args.length === 1 && /^(--version|-V)$/.test(args[0] ?? '')) {
    await printVersion();
    return;
  }
  const [name = ''] = args.filter((word) => word !== 'help' && !word.startsWith('-'));
  const computes = !args.some((word) => /^(-h|--help|--help-all|--print-config)$/.test(word));
  if (computes && trainingCommands.includes(args[0] ?? '')) startAddonThread();
  try {
    await (await createProgram([name])).parseAsync(args, { from: 'user' });
  } catch (error) {
    // So commander ends after --help.
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
}

/** Makes the program with all commands. @param names those that have their arguments and options; by default all */
export async function createProgram(names: readonly string[] = Object.keys(commands)): Promise<Command> {
  const program = new Command('imdb-torch')
    .description('Trains a bag-of-words sentiment classifier on the IMDb reviews and fine-tunes it with LoRA.')
    .option('-V, --version', 'print the versions of this package and of libtorch')
    .showSuggestionAfterError()
    .configureHelp({ optionDescription: ({ description }) => description })
    .configureOutput({
      writeOut,
      writeErr: (text) => {
        writeErr(formatLines(text, false));
      },
    })
    .exitOverride();
  await addEverywhere(program);
  for (const [name, { about, define }] of Object.entries(commands)) {
    const command = program.command(name).description(about);
    if (!names.includes(name)) continue;
    (await define())(command);
    for (const each of [command, ...command.commands]) await addEverywhere(each);
  }
  return program;
}

/** Adds the options that every command has, and has them do what they say before the command begins. */
async function addEverywhere(command: Command): Promise<void> {
  const [{ addOptions }, { everywhere }] = await Promise.all([
    import('./options/option.js'),
    import('./options/output_options.js'),
  ]);
  addOptions(command, everywhere).on('option:no-color', () => {
    delete process.env.FORCE_COLOR;
    process.env.NO_COLOR = '1';
  });
}

async function printVersion(): Promise<void> {
  writeOut(`imdb-torch ${packageVersion()}\n`);
  const versions = await import('../model/native.js').then(
    (native) => native.versions(),
    () => null,
  );
  writeOut(versions === null ? 'libtorch: not set up yet (npx imdb-torch setup)\n' : `libtorch ${versions.libtorch}\n`);
}

async function printError(error: unknown): Promise<void> {
  const { withFlags } = await import('../settings/settings.js');
  const message = withFlags(messageOf(error));
  const lines = codesWithLines.includes(codeOf(error) ?? '') ? message.split('\n') : [message];
  for (const line of lines) writeErr(`error: ${formatText(line)}\n`);
  const known = error instanceof ImdbTorchError || typeof codeOf(error) === 'string';
  if (!known && error instanceof Error) writeErr(`${error.stack ?? ''}\n`);
}

function exitCodeOf(error: unknown): number {
  if (codeOf(error) === 'ERR_INTERRUPTED') return interruptExitCode();
  if (error instanceof ImdbTorchError) return error.exitCode;
  return nativeExitCodes[codeOf(error) ?? ''] ?? failedExitCode;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}
