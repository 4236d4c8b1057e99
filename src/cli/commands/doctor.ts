import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { imdbArchivePath } from '../../data/imdb/fetch_archive.js';
import { formatCheck } from '../../report/console/checks.js';
import { formatBytes } from '../../report/format.js';
import { inspectMachine, type Finding, type Inspection } from '../../setup/inspect.js';
import { chooseDataAtHand } from '../options/choose_data.js';
import { json as jsonOption } from '../options/output_options.js';
import { optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { Terminal } from '../terminal.js';

const environmentExitCode = 3;

const options = {
  libtorch: { kind: optional(text('folder')), help: 'look at the libtorch in this folder' },
  ...jsonOption,
} as const;

export function defineDoctor(command: Command): void {
  addOptions(command, options).action(doctor);
}

async function doctor(raw: RawOptions): Promise<void> {
  const { libtorch, json } = readOptions(options, raw);
  const terminal = new Terminal({ json, quiet: false });
  const { findings, ...inspection } = await inspectMachine({ libtorch });
  const data = dataAtHand();
  const all = [...findings, dataFinding(data)];
  const isUsable = all.every((finding) => !finding.required || finding.advice === null);
  const canTrain = isUsable && all.every((finding) => !finding.requiredToTrain || finding.advice === null);
  terminal.document({ schema: 1, command: 'doctor', ok: isUsable, canTrain, findings: all, data, ...inspection });
  if (!json) {
    terminal.result(`imdb-torch ${inspection.version}`);
    for (const finding of all) terminal.result(describe(finding, terminal));
    terminal.result(...describeMachine(inspection));
  }
  if (!isUsable) process.exitCode = environmentExitCode;
}

/** Returns where the reviews are that `experiment notebook` would take without fetching; null when there are none. */
function dataAtHand(): string | null {
  const chosen = chooseDataAtHand(undefined);
  const path = chosen === 'imdb' ? imdbArchivePath() : chosen;
  return chosen === 'sample' || existsSync(path) ? path : null;
}

function dataFinding(value: string | null): Finding {
  const advice = value === null ? 'run `npx imdb-torch data`, which fetches them; `--data sample` needs none' : null;
  return { name: 'IMDb reviews', value, required: false, requiredToTrain: false, advice };
}

function describe({ name, value, required, requiredToTrain, advice }: Finding, { style }: Terminal): string {
  const use = requiredToTrain && !required ? 'only training needs it; ' : '';
  const text = `${name}: ${value ?? 'none'}${advice === null ? '' : ` - ${use}${advice}`}`;
  if (advice !== null && !required) return `${style.unicode ? '·' : '-'} ${text}`;
  return formatCheck({ name: text, passed: advice === null }, style);
}

function describeMachine({ addon, cache }: Pick<Inspection, 'addon' | 'cache'>): string[] {
  const facts = addon?.facts;
  const sizes = Object.entries(cache.bytes).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  return [
    `Devices: ${facts?.devices.join(', ') ?? 'known once the addon is built'}`,
    ...(facts ? [`Threads: ${facts.threads}; kernels: ${facts.kernels}`] : []),
    `Cache: ${cache.path} (${sizes.length === 0 ? 'empty' : sizes.join(', ')})`,
  ];
}
