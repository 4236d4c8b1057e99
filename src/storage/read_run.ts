import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { readSafetensors } from './safetensors.js';
import type { StoredTensor } from './stored_tensor.js';
import { readVocabulary } from './vocabulary_file.js';

export interface StoredRun {
  /** The document of `run.json`. */
  run: Readonly<Record<string, unknown>>;
  /** The words; a word's id is its index. */
  vocabulary: readonly string[];
  /** The tensors of `model.safetensors`: fc1.weight, fc1.bias, fc2.weight and fc2.bias, whose shapes fit. */
  tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads a complete run directory.
 * @throws ERR_RUN when the folder is no run, is not complete or its parts do not fit together; ERR_SAFETENSORS when
 *   its model is damaged
 */
export async function readRun(path: string): Promise<StoredRun> {
  const run = await readDocument(path);
  const vocabulary = await part(path, 'vocabulary.txt', readVocabulary);
  const expected = (run.vocabulary as { sha256?: unknown } | undefined)?.sha256;
  if (
    expected !== undefined &&
    expected !== createHash('sha256').update(vocabulary.join('\n')).digest('hex')
  ) {
    throw runError(path, 'vocabulary.txt is not the one that run.json describes');
  }
  const { tensors } = await readSafetensors(join(path, 'model.safetensors'));
  checkModel(path, tensors, vocabulary.length);
  return { run, vocabulary, tensors };
}

async function readDocument(path: string): Promise<Record<string, unknown>> {
  const text = await part(path, 'run.json', (file) => readFile(file, 'utf8'));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw runError(path, `run.json is no JSON (${messageOf(error)})`, error);
  }
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  if (!isObject || (document as { schema?: unknown }).schema !== 1) {
    throw runError(path, 'run.json has no "schema": 1, which this version of imdb-torch reads');
  }
  return document as Record<string, unknown>;
}

async function part<T>(path: string, name: string, read: (file: string) => Promise<T>): Promise<T> {
  try {
    return await read(join(path, name));
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
    throw runError(path, missing ? `it has no ${name}` : `cannot read ${name} (${messageOf(error)})`, error);
  }
}

function checkModel(path: string, tensors: ReadonlyMap<string, StoredTensor>, words: number): void {
  const shape = (name: string): readonly number[] => tensors.get(name)?.shape ?? [];
  const [hidden = 0, vocabulary] = shape('fc1.weight');
  const [classes = 0] = shape('fc2.weight');
  const dtype = tensors.get('fc1.weight')?.dtype;
  if (vocabulary !== words) {
    throw runError(
      path,
      `model.safetensors is for ${String(vocabulary)} words and vocabulary.txt has ${words}`,
    );
  }
  const expected = {
    'fc1.weight': [hidden, words],
    'fc1.bias': [hidden],
    'fc2.weight': [classes, hidden],
    'fc2.bias': [classes],
  };
  for (const [name, wanted] of Object.entries(expected)) {
    if (shape(name).join() !== wanted.join() || tensors.get(name)?.dtype !== dtype || dtype === 'int64') {
      throw runError(
        path,
        `model.safetensors has no "${name}" of shape [${wanted.join(', ')}] and one float dtype`,
      );
    }
  }
}

function runError(path: string, problem: string, cause?: unknown): ImdbTorchError {
  const message = `${path} is no complete run directory of imdb-torch: ${problem}; give one that \`train\` wrote.`;
  return new ImdbTorchError('ERR_RUN', message, { cause });
}
