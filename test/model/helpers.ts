import { join } from 'node:path';
import { createClassifier } from '../../src/model/classifier_model.js';
import { Tensor, type Bags } from '../../src/model/native.js';
import { notebookDescription, type ModelDescription } from '../../src/storage/model_description.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

/** What the numbers of `smallRun` are: everything that a test needs to compute its logits by hand. */
export interface SmallRun {
  path: string;
  words: readonly string[];
  classes: readonly string[];
  hidden: number;
  /** Values of the tensors by name, row-major. */
  tensors: Readonly<Record<string, Float64Array>>;
}

interface SmallRunOptions extends Partial<Pick<ModelDescription, 'classes' | 'calibration' | 'decision'>> {
  adapter?: boolean;
  /** The classes of an adapter with a task of its own. */
  adapterClasses?: readonly string[];
}

/** Reproducible numbers between -1 and 1. */
function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => Math.sin(seed * 100 + k * 1.7));
}

function tensor(data: Float64Array, ...shape: number[]): StoredTensor {
  return { dtype: 'float64', shape, data };
}

const words: readonly string[] = ['<UNK>', 'good', 'bad', 'film', 'not'];
const [hidden, rank] = [3, 2];

/** The numbers of the model, its adapter and its merged weight. */
function makeNumbers(vocabulary: number, output: number): Record<string, Float64Array> {
  return {
    'fc1.weight': numbers(hidden * vocabulary, 1),
    'fc1.bias': numbers(hidden, 2),
    'fc2.weight': numbers(output * hidden, 3),
    'fc2.bias': numbers(output, 4),
    up: numbers(hidden * rank, 5),
    down: numbers(rank * vocabulary, 6),
    'adapter.fc2.weight': numbers(output * hidden, 7),
    'adapter.fc2.bias': numbers(output, 8),
    merged: numbers(hidden * vocabulary, 9),
  };
}

/** Writes a complete run with an adapter of rank 2 and a merged model (whose numbers are others). */
export async function writeSmallRun(
  folder: string,
  { classes = ['neg', 'pos'], ...changes }: SmallRunOptions = {},
): Promise<SmallRun> {
  const [vocabulary, output] = [words.length, classes.length];
  const tensors = makeNumbers(vocabulary, output);
  const take = (name: string, ...shape: number[]): StoredTensor =>
    tensor(tensors[name] ?? new Float64Array(), ...shape);
  const module = new Map([
    ['fc1.weight', take('fc1.weight', hidden, vocabulary)],
    ['fc1.bias', take('fc1.bias', hidden)],
    ['fc2.weight', take('fc2.weight', output, hidden)],
    ['fc2.bias', take('fc2.bias', output)],
  ]);
  const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
  await run.writeVocabulary(Vocabulary.of(words));
  const { sha256: baseSha256 } = await run.writeModel('model', module);
  if (changes.adapter === true) {
    const [up, down] = [take('up', hidden, rank), take('down', rank, vocabulary)];
    const replaced = new Map([
      ['fc2.weight', take('adapter.fc2.weight', output, hidden)],
      ['fc2.bias', take('adapter.fc2.bias', output)],
    ]);
    const branches = new Map([['fc1', { up, down, alpha: 3, magnitude: null, bias: null }]] as const);
    const options = { useRslora: false, dropout: 0, pissa: false, baseSha256 };
    const task = changes.adapterClasses && { classes: changes.adapterClasses };
    await run.writeAdapter({ branches, replaced, ...options, ...task });
    await run.writeModel('merged', module.set('fc1.weight', take('merged', hidden, vocabulary)));
  }
  const description = { ...notebookDescription(vocabulary, hidden), classes, output };
  const { calibration = null, decision } = changes;
  await run.writeDescription({ ...description, calibration, ...(decision && { decision }) });
  await run.writeRun({ schema: 1, command: 'train' });
  return { path: run.path, words, classes, hidden, tensors };
}

/** The logits of a bag of ids, by hand. @param model which of the run's models */
export function logitsByHand(
  { words, classes, hidden, tensors }: SmallRun,
  ids: readonly number[],
  model: 'off' | 'on' | 'merged' = 'off',
): number[] {
  const at = (name: string, index: number): number => tensors[name]?.[index] ?? NaN;
  const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);
  const count = words.length;
  const activations = Array.from({ length: hidden }, (_, h) => {
    const weight = model === 'merged' ? 'merged' : 'fc1.weight';
    const base = at('fc1.bias', h) + sum(ids.map((id) => at(weight, h * count + id)));
    const branch = [0, 1].map((r) => at('up', h * 2 + r) * sum(ids.map((id) => at('down', r * count + id))));
    return Math.max(0, base + (model === 'on' ? (3 / 2) * sum(branch) : 0));
  });
  const prefix = model === 'on' ? 'adapter.' : '';
  return classes.map(
    (_, k) =>
      at(`${prefix}fc2.bias`, k) +
      sum(activations.map((value, h) => value * at(`${prefix}fc2.weight`, k * hidden + h))),
  );
}

export function softmaxByHand(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp);
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** `[bags, vocabularySize]`: what the bags hold of each word. */
export function valuesIn(bags: Bags): Float32Array {
  const size = bags.vocabularySize;
  // A linear model that hands them on.
  const { classifier, parameters } = createClassifier({ vocabularySize: size, hidden: 0, classes: size });
  const identity = Float32Array.from({ length: size * size }, (_, k) => Number(k % (size + 1) === 0));
  parameters['fc1.weight'].copy_(Tensor.from(identity, [size, size]));
  return classifier.forward(bags).toTypedArray() as Float32Array;
}
