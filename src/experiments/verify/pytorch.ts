import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import type { Dataset } from '../../data/dataset.js';
import { packageFile } from '../../setup/package_root.js';
import { systemCode } from '../../system/file_errors.js';
import { runProcess } from '../../system/run_process.js';
import { notebook } from '../options.js';
import { stableLoraEpochs } from '../tolerances.js';
import { writeExperiment } from './experiment_plan.js';
import { readReferenceSet, type ReferenceSet } from './reference_cases.js';

interface PythonWithTorch {
  command: string;
  /** The version of its torch. */
  version: string;
}

/** The program asks for the version without importing torch, which would take seconds. */
const whichTorch = "import importlib.metadata as m; print('torch:', m.version('torch'))";
const probeMilliseconds = 20_000;
const shownLines = 8;

/**
 * Finds a Python that has torch: `IMDB_TORCH_PYTHON` where that is set, else the one of the virtual environment, else
 * `python3`.
 * @throws ImdbTorchError ERR_PYTHON when none has; the reason of `signal`
 */
export async function findPythonWithTorch(signal?: AbortSignal): Promise<PythonWithTorch> {
  const { IMDB_TORCH_PYTHON: given = '', VIRTUAL_ENV: virtual = '' } = process.env;
  const commands = given !== '' ? [given] : [...(virtual === '' ? [] : [join(virtual, 'bin', 'python')]), 'python3'];
  const tried: string[] = [];
  for (const command of commands) {
    const found = await probeTorch(command, signal);
    if (found.version !== null) return { command, version: found.version };
    tried.push(`${command} ${found.reason}`);
  }
  throw new ImdbTorchError(
    'ERR_PYTHON',
    `Expected a Python with torch but ${tried.join(' and ')}; ` +
      'install it (python3 -m pip install torch) or name a Python that has it in IMDB_TORCH_PYTHON.',
  );
}

async function probeTorch(
  command: string,
  signal: AbortSignal | undefined,
): Promise<{ version: string; reason: null } | { version: null; reason: string }> {
  try {
    const { code, output } = await runProcess(command, ['-c', whichTorch], {
      signal,
      timeoutMs: probeMilliseconds,
    });
    const version = /^torch: (.+)$/m.exec(output)?.[1];
    if (code === 0 && version !== undefined) return { version, reason: null };
    const last = output.trimEnd().split('\n').at(-1) ?? '';
    return { version: null, reason: `has none (${last})` };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { version: null, reason: 'cannot be started' };
  }
}

interface FreshOptions {
  python: PythonWithTorch;
  /** The seed of the cases and of the experiment. */
  seed: number;
  dataset: Dataset;
  signal?: AbortSignal | undefined;
}

/**
 * Has PyTorch compute fresh cases, which `seed` decides, and the notebook's experiment over `dataset`.
 * @throws ImdbTorchError ERR_PYTHON when the script fails; the reason of `signal`
 */
export async function computeFreshCases({ python, seed, dataset, signal }: FreshOptions): Promise<ReferenceSet> {
  const folder = await mkdtemp(join(tmpdir(), 'imdb-torch-verify-'));
  try {
    await writeExperiment(folder, dataset, { seed, epochs: notebook.epochs, loraEpochs: stableLoraEpochs });
    const script = packageFile('scripts/make_reference.py');
    const args = [script, join(folder, 'cases'), '--seed', String(seed), '--experiment', folder];
    // Python would otherwise write its byte code into the package's folder.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { code, output } = await runProcess(python.command, args, { env, signal });
    if (code === 0) return await readReferenceSet(join(folder, 'cases'));
    const tail = output.trimEnd().split('\n').slice(-shownLines).join('\n');
    throw new ImdbTorchError(
      'ERR_PYTHON',
      `Expected ${python.command} with torch ${python.version} to compute the cases but it failed; ` +
        `torch 2.13.0 is known to work. Its last lines are:\n${tail}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
