/** Adapters go both ways between this package and the real PEFT, where a Python on this machine has it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { AdapterSet } from '../../src/model/adapter_set.js';
import { createClassifier, type ClassifierModel } from '../../src/model/classifier.js';
import { Bags, Generator } from '../../src/model/native.js';
import { loadModule } from '../../src/model/parameters.js';
import { readSafetensors } from '../../src/storage/safetensors.js';

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
  ...[
    'plain',
    'rslora',
    'dora',
    'rsdora',
    'patterns',
    'bias-all',
    'bias-lora-only',
    'bias-all-both',
    'saved',
  ],
  ...['saved-first', 'saved-with-biases', 'branch-bias', 'expression', 'all-linear', 'suffix', 'pissa'],
  ...['rspissa', 'dropout', 'orthogonal'],
];
const [words, hidden, classes] = [20, 6, 3];
/** What the documentation promises: float32 sums of some dozens of numbers of about 1, in another order. */
const tolerance = 1e-5;

interface Opened {
  model: ClassifierModel;
  adapters: AdapterSet;
  logits: () => number[];
}

async function open(useDora = false): Promise<Opened> {
  const generator = new Generator(1);
  const engine = useDora ? 'torch' : 'auto';
  const model = createClassifier({ vocabularySize: words, hidden, classes, engine, generator });
  const base = await readSafetensors(join(folder, 'base.safetensors'));
  loadModule(model, base.tensors);
  const bags = await readInputs();
  const logits = (): number[] => Array.from(model.classifier.forward(bags).toTypedArray(), Number);
  return { model, adapters: new AdapterSet(model), logits };
}

async function readCase(name: string, file = 'cases'): Promise<number[]> {
  const { tensors } = await readSafetensors(join(folder, `${file}.safetensors`));
  return Array.from(tensors.get(name)?.data ?? [], Number);
}

async function readInputs(): Promise<Bags> {
  const rows = await readCase('inputs');
  const bags = Array.from({ length: rows.length / words }, (_, row) =>
    rows.slice(row * words, (row + 1) * words).flatMap((value, id) => (value === 1 ? [id] : [])),
  );
  const offsets = [0];
  for (const bag of bags) offsets.push((offsets.at(-1) ?? 0) + bag.length);
  return new Bags({
    ids: Int32Array.from(bags.flat()),
    offsets: Int32Array.from(offsets),
    labels: new Int32Array(bags.length),
    vocabularySize: words,
  });
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const apart = actual.map((value, index) => Math.abs(value - (expected[index] ?? NaN)));
  expect(Math.max(...apart)).toBeLessThan(tolerance);
}

(hasPeft ? describe : describe.skip)('with the real PEFT', () => {
  test('when PEFT has saved adapters then they load here and give its logits, and so do ours in PEFT', async () => {
    const peft = new Peft();
    await peft.save();
    const given = new Map<string, number[]>();
    for (const name of names) {
      const { adapters, logits } = await open(name.includes('dora'));
      const base = logits();
      expect(await adapters.load(name, join(folder, name))).toEqual([]);
      expect(logits()).toEqual(base);
      adapters.use(name);
      given.set(name, logits());
      expectClose(logits(), await readCase(`logits.${name}`));
      adapters.merge();
      expectClose(logits(), await readCase(`logits.${name}`));
      adapters.unmerge();
      expect(logits()).toEqual(given.get(name));
      adapters.use();
      expect(logits()).toEqual(base);
      await adapters.save(name, join(folder, 'ours', name));
    }
    await peft.load();
    for (const name of names) expectClose(await readCase(name, 'loaded'), given.get(name) ?? []);
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
