import { aString, fields, oneOf, optional } from '../arguments.js';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { readText } from '../system/text_file.js';
import { hasCharacterWeight } from '../text/characters/character_weight.js';
import { Featurizer } from '../text/featurizer.js';
import type { OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import type { IndexTables } from '../text/ngrams/index_tables.js';
import type { Vocabulary } from '../text/vocabulary.js';
import {
  modelDescriptionName,
  notebookDescription,
  parseModelDescription,
  type ModelDescription,
} from './model_description.js';
import { describeIssue, parseJson } from './parse_json.js';
import { runDocumentSchema, type RunDocument } from './run_document.js';
import { readSafetensors } from './safetensors.js';
import { isFiniteTensor, type StoredTensor } from './stored_tensor.js';
import { readFeatures } from './features_file.js';
import { readVocabulary } from './vocabulary_file.js';

export interface StoredRun {
  /** The document of `run.json`. */
  run: RunDocument;
  /** The document of `model.json`, or what a merged model says; that of the notebook's model where there is none. */
  description: ModelDescription;
  /** The features; a feature's id is its index. */
  vocabulary: Vocabulary;
  /**
   * The tensors of the model, whose shapes fit: fc1.weight and fc1.bias, those of fc2 where there is a hidden layer,
   * and features.weight where features, or those of characters alone, are weighted.
   */
  tensors: ReadonlyMap<string, StoredTensor>;
  /** The index of the features, where the run has it; null: it is made of the vocabulary. */
  tables: IndexTables | null;
}

export interface ReadRunOptions {
  /** Which model to read: `merged` is the one that LoRA's branch was added to. */
  model?: 'model' | 'merged';
}

/**
 * Reads a complete run directory.
 * @throws ERR_RUN when the folder is no run, is not complete, its parts do not fit together or a weight is not finite;
 *   ERR_SAFETENSORS when its model is damaged
 */
const checkOptions = fields({ model: optional(oneOf('model', 'merged')) });

export async function readRun(path: string, options: ReadRunOptions = {}): Promise<StoredRun> {
  aString(path, 'path');
  checkOptions(options, 'options');
  const { model = 'model' } = options;
  const run = await readRunDocument(path);
  const vocabulary = await readRunVocabulary(path, run);
  const { tensors, metadata } = await readSafetensors(modelPath(path, model));
  const hidden = tensors.get('fc1.weight')?.shape[0] ?? 0;
  const description =
    mergedDescription(path, metadata) ?? (await readDescription(path)) ?? notebookDescription(vocabulary.size, hidden);
  const tables = await readFeatures(path, vocabulary, description.features);
  await nextTurn();
  checkModel(path, `${model}.safetensors`, { run, description, vocabulary, tensors });
  await nextTurn();
  return { run, description, vocabulary, tensors, tables };
}

/** Returns what turns texts into the features of a run's model. */
export function featurizerOf(
  {
    description,
    vocabulary,
    tensors,
    tables,
  }: Pick<StoredRun, 'description' | 'vocabulary' | 'tensors'> & Partial<Pick<StoredRun, 'tables'>>,
  tokenizer?: OwnTokenizer,
): Featurizer {
  const weights = tensors.get('features.weight')?.data;
  const options = {
    options: description.features,
    vocabulary,
    weights: weights === undefined ? null : Float32Array.from(weights as Float32Array),
    tokenizer,
  };
  return new Featurizer(options, tables);
}

/**
 * Reads what turns texts into the features of a run's model, without the model, which holds the weights of features.
 * @throws as `readRun`, but for what is wrong with the model alone
 */
export async function readFeaturizer(path: string): Promise<Featurizer> {
  const vocabulary = await readRunVocabulary(path, await readRunDocument(path));
  const description = (await readDescription(path)) ?? notebookDescription(vocabulary.size, 0);
  const tables = await readFeatures(path, vocabulary, description.features);
  return featurizerOf({ description, vocabulary, tensors: new Map(), tables });
}

/** Returns where a run keeps its model, or the one that LoRA's branch was added to. */
export function modelPath(run: string, model: 'model' | 'merged'): string {
  return join(run, `${model}.safetensors`);
}

/**
 * Reads `run.json` alone.
 * @throws ERR_RUN when there is none, or none that this version reads; it names the field that is not as expected
 */
export async function readRunDocument(path: string): Promise<RunDocument> {
  const text = await part(path, 'run.json', readText);
  const { document, issues } = parseJson(runDocumentSchema, text);
  if (issues === null) return document;
  const [issue] = issues;
  const key = issue?.path?.[0].key;
  if (issue === undefined || key === undefined || key === 'schema') {
    throw runError(path, 'run.json is no JSON object with "schema": 1, which this version of imdb-torch reads');
  }
  throw new ImdbTorchError(
    'ERR_RUN',
    `Cannot read ${join(path, 'run.json')}, which is damaged or of another version of imdb-torch: ` +
      `${describeIssue(issue)}; make the run again.`,
  );
}

async function readRunVocabulary(path: string, run: RunDocument): Promise<Vocabulary> {
  const vocabulary = await part(path, 'vocabulary.txt', (file) => readVocabulary(file, run.vocabulary?.size));
  await nextTurn();
  if (run.vocabulary !== undefined && run.vocabulary.sha256 !== vocabulary.sha256) {
    throw runError(path, 'vocabulary.txt is not the one that run.json describes');
  }
  return vocabulary;
}

/** Whether a folder is that of a run, complete or not. */
export async function isRunDirectory(path: string): Promise<boolean> {
  const names = await readdir(path).catch((): string[] => []);
  return names.includes('run.json') || names.includes('metrics.jsonl');
}

/** Reads what a merged model says of itself, whose classes and calibration are those of its adapter; null where it does not. */
function mergedDescription(path: string, metadata: ReadonlyMap<string, string>): ModelDescription | null {
  const text = metadata.get('description');
  return text === undefined ? null : parseModelDescription(modelPath(path, 'merged'), text);
}

/** Reads `model.json` alone. @returns null where a run has none @throws ERR_RUN when it cannot be read */
export async function readDescription(path: string): Promise<ModelDescription | null> {
  const file = join(path, modelDescriptionName);
  try {
    return parseModelDescription(file, await readText(file));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof ImdbTorchError) throw error;
    throw runError(path, `cannot read ${modelDescriptionName} (${messageOf(error)})`, error);
  }
}

async function part<T>(path: string, name: string, read: (file: string) => Promise<T>): Promise<T> {
  try {
    return await read(join(path, name));
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') throw runError(path, 'it is a file and no folder', error);
    const missing = systemCode(error) === 'ENOENT';
    throw runError(path, missing ? `it has no ${name}` : `cannot read ${name} (${messageOf(error)})`, error);
  }
}

function checkModel(path: string, file: string, { description, vocabulary, tensors }: Omit<StoredRun, 'tables'>): void {
  const words = vocabulary.size;
  const found = tensors.get('fc1.weight')?.shape[1];
  if (found !== words) {
    throw runError(path, `${file} is for ${String(found)} words and vocabulary.txt has ${words}`);
  }
  const dtype = tensors.get('fc1.weight')?.dtype;
  for (const [name, wanted] of Object.entries(expectedShapes(description, words))) {
    const tensor = tensors.get(name);
    if (tensor?.shape.join() !== wanted.join() || tensor.dtype !== dtype || dtype === 'int64') {
      throw runError(path, `${file} has no "${name}" of shape [${wanted.join(', ')}] and one float dtype`);
    }
    if (!isFiniteTensor(tensor)) throw runError(path, `"${name}" in ${file} has a NaN or an infinity`);
  }
}

function expectedShapes(
  { hidden, output, features }: ModelDescription,
  words: number,
): Readonly<Record<string, number[]>> {
  const width = hidden === 0 ? output : hidden;
  return {
    'fc1.weight': [width, words],
    'fc1.bias': [width],
    ...(hidden === 0 ? {} : { 'fc2.weight': [output, hidden], 'fc2.bias': [output] }),
    ...(features.weighting === 'none' && !hasCharacterWeight(features) ? {} : { 'features.weight': [words] }),
  };
}

function runError(path: string, problem: string, cause?: unknown): ImdbTorchError {
  const message = `${path} is no complete run directory of imdb-torch: ${problem}; give one that \`train\` wrote.`;
  return new ImdbTorchError('ERR_RUN', message, { cause });
}
