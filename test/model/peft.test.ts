/** Adapters go both ways between this package and the real PEFT, where a Python on this machine has it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { fileOrigins } from '../../src/data/origins.js';
import type { Reviews } from '../../src/data/splits/reviews.js';
import { runLoraFineTuning, type LoraResult } from '../../src/experiments/lora_fine_tuning.js';
import { notebook, type ExperimentOptions } from '../../src/experiments/options.js';
import { AdapterSet } from '../../src/model/adapter_set.js';
import { createClassifier, type ClassifierModel } from '../../src/model/classifier_model.js';
import { Bags, Generator } from '../../src/model/native.js';
import { loadModule, type Module } from '../../src/model/parameters.js';
import { writeAdapter } from '../../src/storage/adapter.js';
import { readSafetensors } from '../../src/storage/safetensors.js';
import { notebookFeatures } from '../../src/text/features.js';
import { createSplitBags } from '../../src/training/split_bags.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-peft-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';

/** PEFT in a process of its own: importing it takes longer than all the rest. */
class Peft {
  readonly #child = spawn(python, ['test/model/support/peft_adapters.py', folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  readonly #end = once(this.#child, 'exit');

  /** Waits until it has saved its adapters. */
  async save(): Promise<void> {
    await Promise.race([once(this.#child.stdout, 'data'), this.#end]);
  }

  /** Has it load ours. */
  async load(): Promise<void> {
    this.#child.stdin.end('\n');
    expect(await this.#end).toEqual([0, null]);
  }
}

const findPeft = "from importlib.util import find_spec; exit(find_spec('peft') is None)";
const hasPeft = spawnSync(python, ['-c', findPeft]).status === 0;
if (!hasPeft) console.log('skipped: no Python with PEFT here; IMDB_TORCH_PYTHON names one');

const names = [
  ...['plain', 'rslora', 'dora', 'rsdora', 'patterns', 'bias-all', 'bias-lora-only', 'bias-all-both', 'saved'],
  ...['saved-first', 'saved-with-biases', 'branch-bias', 'expression', 'all-linear', 'suffix', 'pissa'],
  ...['rspissa', 'dropout', 'orthogonal'],
];
const [words, hidden, classes] = [20, 6, 3];
/** Fine-tunings that are done here, by folder. */
const trainings: Readonly<Record<string, Partial<ExperimentOptions>>> = {
  'trained-both': { target: ['fc1', 'fc2'], rank: 2, alpha: 3 },
  'trained-fc2': { target: ['fc2'], rank: 3, init: 'kaiming' },
  'trained-dora': { target: ['fc1', 'fc2'], rank: 2, useDora: true, useRslora: true },
  'trained-pissa': { target: ['fc1', 'fc2'], rank: 3, init: 'pissa', loraDropout: 0.2 },
  'trained-rspissa': { target: ['fc2'], rank: 2, init: 'pissa', useRslora: true },
  'trained-rates': {
    target: ['fc1', 'fc2'],
    ...{ init: 'gaussian', optimizer: 'sparse-adam', lrUp: 0.02, lrDown: 0.01 },
  },
};
/** What the documentation promises: float32 sums of some dozens of numbers of about 1, in another order. */
const tolerance = 1e-5;

interface Opened {
  model: ClassifierModel;
  adapters: AdapterSet;
  logits: () => number[];
}

async function open(useDora = false, module?: Module): Promise<Opened> {
  const generator = new Generator(1);
  const engine = useDora ? 'torch' : 'auto';
  const model = createClassifier({ vocabularySize: words, hidden, classes, engine, generator });
  loadModule(model, module ?? (await readBase()));
  const bags = new Bags({ ...(await readInputs()), vocabularySize: words });
  const logits = (): number[] => Array.from(model.classifier.forward(bags).toTypedArray(), Number);
  return { model, adapters: new AdapterSet(model), logits };
}

async function readBase(): Promise<Module> {
  return new Map((await readSafetensors(join(folder, 'base.safetensors'))).tensors);
}

async function readCase(name: string, file = 'cases'): Promise<number[]> {
  const { tensors } = await readSafetensors(join(folder, `${file}.safetensors`));
  return Array.from(tensors.get(name)?.data ?? [], Number);
}

async function readInputs(): Promise<Reviews> {
  const rows = await readCase('inputs');
  const bags = Array.from({ length: rows.length / words }, (_, row) =>
    rows.slice(row * words, (row + 1) * words).flatMap((value, id) => (value === 1 ? [id] : [])),
  );
  const offsets = [0];
  for (const bag of bags) offsets.push((offsets.at(-1) ?? 0) + bag.length);
  return {
    ids: Int32Array.from(bags.flat()),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(bags, (_, row) => row % classes),
    counts: null,
  };
}

/** Fine-tunes the base with LoRA on the inputs. */
async function fineTune(changes: Partial<ExperimentOptions>): Promise<LoraResult> {
  const reviews = { ...(await readInputs()), origins: fileOrigins([]) };
  const splits = { train: reviews, valid: reviews, test: reviews };
  const features = { ...notebookFeatures, vocabularySize: words };
  const names = Array.from({ length: words }, (_, id) => `word${id}`);
  const dataset = { splits, features, weights: null, vocabulary: Vocabulary.of(names) };
  const bags = createSplitBags(dataset);
  const usual = { ...notebook, hidden, loraEpochs: 5, batch: 3, loss: 'logits' } as const;
  const options = { ...usual, lr: 0.05, ...changes };
  const base = await readBase();
  try {
    return await runLoraFineTuning({ dataset, bags, classes, device: 'cpu', options, base, merge: true });
  } finally {
    bags.dispose();
  }
}

/** Fine-tunes and stores the adapter. @returns the logits of the base with it */
async function saveTrained(name: string, changes: Partial<ExperimentOptions>): Promise<number[]> {
  const { adapter, checks, mergedModule } = await fineTune(changes);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  const path = join(folder, 'ours', name);
  await writeAdapter(path, adapter);
  const { adapters, logits } = await open(changes.useDora);
  const base = logits();
  expect(await adapters.load(name, path)).toEqual([]);
  adapters.use(name);
  const given = logits();
  expect(given).not.toEqual(base);
  const merged = await open(false, mergedModule ?? undefined);
  expectClose(merged.logits(), given);
  return given;
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const apart = actual.map((value, index) => Math.abs(value - (expected[index] ?? NaN)));
  expect(Math.max(...apart)).toBeLessThan(tolerance);
}

/** Loads an adapter of PEFT, checks its logits and saves it. @returns the logits with it */
async function useLoaded(name: string): Promise<number[]> {
  const { adapters, logits } = await open(name.includes('dora'));
  const base = logits();
  expect(await adapters.load(name, join(folder, name))).toEqual([]);
  expect(logits()).toEqual(base);
  adapters.use(name);
  const given = logits();
  expectClose(given, await readCase(`logits.${name}`));
  adapters.merge();
  expectClose(logits(), await readCase(`logits.${name}`));
  adapters.unmerge();
  expect(logits()).toEqual(given);
  adapters.use();
  expect(logits()).toEqual(base);
  await adapters.save(name, join(folder, 'ours', name));
  return given;
}

(hasPeft ? describe : describe.skip)('with the real PEFT', () => {
  test('when PEFT has saved adapters then they load here and give its logits, and so do those saved and trained here in PEFT', async () => {
    const peft = new Peft();
    await peft.save();
    const given = new Map<string, number[]>();
    for (const name of names) given.set(name, await useLoaded(name));
    for (const [name, changes] of Object.entries(trainings)) {
      given.set(name, await saveTrained(name, changes));
    }
    await peft.load();
    for (const name of given.keys()) expectClose(await readCase(name, 'loaded'), given.get(name) ?? []);
  }, 300_000);

  test('when adapters are used together, scaled, combined or merged then logits are those of PEFT', async () => {
    const { adapters, logits, model } = await open();
    for (const name of ['one', 'two']) await adapters.load(name, join(folder, name));
    for (const combination of ['linear', 'cat', 'svd'] as const) {
      adapters.combine(combination, { adapters: ['one', 'two'], weights: [0.7, -0.4], combination });
      adapters.use(combination);
      expectClose(logits(), await readCase(`logits.several.${combination}`));
    }
    adapters.use('one', 'two');
    expectClose(logits(), await readCase('logits.several.both'));
    adapters.setScale('two', 0.5);
    expectClose(logits(), await readCase('logits.several.half'));
    adapters.merge();
    expectClose(logits(), await readCase('logits.several.merged'));
    expectClose(Array.from(model.hidden.weight.toTypedArray(), Number), await readCase('merged.fc1.weight'));
  });
});
