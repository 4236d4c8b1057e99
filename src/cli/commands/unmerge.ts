import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import { modelPath, readRunDocument } from '../../storage/read_run.js';
import { pathFromHere } from '../../storage/recorded_paths.js';
import { readSafetensors } from '../../storage/safetensors.js';
import { outputError } from '../../system/file_errors.js';
import { hashFile } from '../../system/file_hash.js';
import { recordMergedModel } from '../trained_model/merged_model.js';
import { output } from '../options/output_options.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

export function defineUnmerge(command: Command): void {
  command.argument('<run>', 'run directory');
  addOptions(command, output).action(unmerge);
}

async function unmerge(path: string, raw: RawOptions): Promise<void> {
  const terminal = new Terminal(readOptions(output, raw));
  const { command, base, paths } = await readRunDocument(path);
  const merged = modelPath(path, 'merged');
  if (!existsSync(merged)) {
    const from =
      command === 'merge' && base !== undefined ? `; its base is ${String(pathFromHere(base.run, paths?.base))}` : '';
    throw new ImdbTorchError('ERR_RUN', `Expected a run with a merged model but ${path} has none${from}.`);
  }
  const sha256 = await hashOfBase(path, merged);
  await rm(merged).catch((error: unknown) => {
    throw outputError(merged, error);
  });
  await recordMergedModel(path);
  terminal.result(`${formatText(path)} is unmerged: its model is the one with SHA-256 ${sha256}, bit for bit.`);
  terminal.document({ schema: 1, command: 'unmerge', run: path, sha256 });
}

/** @throws ImdbTorchError ERR_RUN when the run's model is not the one that the adapter was merged into */
async function hashOfBase(path: string, merged: string): Promise<string> {
  const { metadata } = await readSafetensors(merged);
  const { sha256 } = await hashFile(modelPath(path, 'model'));
  const expected = metadata.get('base_sha256') ?? sha256;
  if (expected === sha256) return sha256;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected the base that was merged (SHA-256 ${expected}) in ${path} but its model has ${sha256}; ` +
      'the merged model is left as it is.',
  );
}
