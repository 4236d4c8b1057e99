import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import type { Dataset } from '../../data/dataset.js';
import { ImdbTorchError } from '../../errors.js';
import { notebook } from '../../experiments/options.js';
import type { ReferenceSet } from '../../experiments/verify/reference_cases.js';
import { formatCase, formatFailures, formatVerification, verificationRows } from '../../report/console/verification.js';
import { casePassed, type CaseResult } from '../../experiments/verify/case_result.js';
import { interruptSignal } from '../interrupt.js';
import { output } from '../options/output_options.js';
import { flag, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { flagOf, throwProblems } from '../../settings/option.js';
import { settings } from '../../settings/settings.js';
import { prepare, readData } from '../experiment/read_dataset.js';
import { Terminal } from '../terminal.js';

/** Seeds are drawn short enough to be typed again. */
const seedLimit = 1_000_000;
const shownFailures = 20;

const options = {
  pytorch: {
    kind: flag,
    default: false,
    help: 'have the PyTorch of this machine compute fresh cases, the experiment included',
  },
  seed: {
    kind: optional(settings.seed.kind),
    help: 'with --pytorch: seed of the fresh cases',
    usual: 'another each time',
  },
  data: {
    kind: optional(text('where')),
    help: 'with --pytorch: the reviews of the experiment',
    usual: 'sample',
  },
  verbose: { kind: flag, default: false, help: 'show every case' },
  ...output,
} as const;

export function defineVerify(command: Command): void {
  addOptions(command, options).action(verify);
}

async function verify(raw: RawOptions): Promise<void> {
  const given = readOptions(options, raw);
  throwProblems(
    (['seed', 'data'] as const)
      .filter((key) => given[key] !== undefined && !given.pytorch)
      .map((key) => `Expected ${flagOf(key)} together with --pytorch only: the committed cases have theirs.`),
  );
  const terminal = new Terminal(given);
  const signal = interruptSignal();
  const choice = { ...notebook, data: given.data ?? 'sample', valid: null };
  const dataset = await prepare((shared) => readData(choice, terminal, shared), terminal, signal);
  const cases = given.pytorch
    ? await freshCases(given.seed ?? randomInt(seedLimit), dataset, terminal, signal)
    : await storedCases();
  const results = await recompute(cases, dataset, terminal, signal);
  sayResults(results, given.verbose, terminal);
  const { torch, seed } = cases;
  const passed = results.every(casePassed);
  const rows = verificationRows(results);
  terminal.document({ schema: 1, command: 'verify', torch, seed, passed, rows, cases: results });
  assertPassed(results);
}

async function storedCases(): Promise<ReferenceSet> {
  const { committedCases, readReferenceSet } = await import('../../experiments/verify/reference_cases.js');
  return readReferenceSet(committedCases());
}

async function freshCases(
  seed: number,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ReferenceSet> {
  const { computeFreshCases, findPythonWithTorch } = await import('../../experiments/verify/pytorch.js');
  const python = await findPythonWithTorch(signal);
  terminal.say(
    `PyTorch ${python.version} of ${python.command} computes fresh cases, and the experiment on ` +
      `${dataset.source.location}; the same again with --seed ${seed}.`,
  );
  return computeFreshCases({ python, seed, dataset, signal });
}

async function recompute(
  cases: ReferenceSet,
  dataset: Dataset,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<CaseResult[]> {
  const { verifyCases } = await import('../../experiments/verify/verify.js');
  const { allBackends } = await import('../../experiments/verify/backends.js');
  const begun = performance.now();
  const onProgress = (done: number, total: number): void => {
    const seconds = (performance.now() - begun) / 1000;
    terminal.progress({ label: 'Recomputing', done, total, unit: 'cases', seconds });
  };
  return verifyCases(cases, { backends: allBackends(), dataset, signal, onProgress });
}

function sayResults(results: readonly CaseResult[], isVerbose: boolean, terminal: Terminal): void {
  const { style } = terminal;
  if (isVerbose) terminal.say(...results.map((result) => formatCase(result, style)));
  terminal.result(formatVerification(verificationRows(results), style));
  terminal.say(
    'largest: the largest error. relative: of the value that takes most of what is',
    'allowed of it, as a share of the largest value beside it. allowed: its limit.',
  );
  const failures = results.flatMap((result) => formatFailures(result, style));
  terminal.result(...failures.slice(0, shownFailures));
  if (failures.length > shownFailures) terminal.result(`... and ${failures.length - shownFailures} more`);
}

/** @throws ImdbTorchError ERR_CHECK_FAILED when a case failed */
function assertPassed(results: readonly CaseResult[]): void {
  const failed = results.filter((result) => !casePassed(result));
  if (failed.length === 0) return;
  throw new ImdbTorchError(
    'ERR_CHECK_FAILED',
    `${failed.length} of ${results.length} recomputed cases are not as PyTorch has computed them.`,
  );
}
