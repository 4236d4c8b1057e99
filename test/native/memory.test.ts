/** Native memory: counted, reported to V8, freed on dispose and by the collector. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { runNode } from './support/child.js';
import { allRows, createModel, fillB, parametersOf, randomBags, setLora } from './support/models.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects until the finalizers, which run in later turns of the event loop, have run too. */
async function collectAll(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Everything that makes objects: full training, LoRA, evaluation, gradients, merge. */
function useEverything(engine: 'torch' | 'fused'): void {
  const bags = randomBags(40, 50);
  const model = createModel({ vocabulary: 50, hidden: 7, rank: 2, engine });
  for (const lora of [false, true]) {
    setLora(model, lora);
    fillB(model);
    const trainable = Object.values(parametersOf(model)).filter((tensor) => tensor.requiresGrad);
    const optimizer = new native.Sgd(trainable, { lr: 0.1 });
    const training = { batchSize: 8, optimizer, loss: 'softmax' } as const;
    model.classifier.trainBatches(bags, allRows(bags), training);
    model.classifier.evaluate(bags, training);
    model.classifier.gradients(bags, allRows(bags), training);
    model.classifier.forward(bags).sum();
  }
  model.hidden.merge({ generator: model.generator });
  try {
    model.hidden.forward(native.Tensor.zeros([1, 1]));
  } catch {
    // A refused call must not keep anything alive either.
  }
}

describe('live objects', () => {
  test('when objects are disposed then the count is what it was', async () => {
    await collectAll();
    const before = native.liveObjects();
    const tensor = native.Tensor.zeros([2]);
    const generator = new native.Generator(1);
    expect(native.liveObjects()).toBe(before + 2);
    tensor.dispose();
    tensor.dispose();
    generator[Symbol.dispose]();
    expect(native.liveObjects()).toBe(before);
  });

  test.each(['torch', 'fused'] as const)(
    'when the collector runs then nothing of engine %s is left',
    async (engine) => {
      useEverything(engine);
      await collectAll();
      const before = native.liveObjects();
      for (let run = 0; run < 3; run++) useEverything(engine);
      expect(native.liveObjects()).toBeGreaterThan(before);
      await collectAll();
      expect(native.liveObjects()).toBe(before);
    },
  );

  test('when a constructor refuses then nothing is alive of it', async () => {
    await collectAll();
    const before = native.liveObjects();
    expect(() => new native.Generator(-1)).toThrow();
    expect(() => native.Tensor.from(new Float32Array(1), [2])).toThrow();
    expect(native.liveObjects()).toBe(before);
  });
});

/**
 * Returns the largest resident size, in MB, of a process that runs `statement` so often that it makes 1.6 GB or more.
 * V8 shows what it was told in no statistic, but collects when it is much. Finalizers run between turns. On Linux
 * `resourceUsage().maxRSS` would not do: a process starts with that of the process that has started it.
 */
function peakOf(statement: string, rounds: number, pause: boolean): number {
  const source = `const native = require(process.argv[2]);
    const generator = new native.Generator(1);
    (async () => {
      for (let round = 0; round < ${rounds}; round++) {
        ${statement};
        ${pause ? 'await new Promise((resolve) => setImmediate(resolve));' : ''}
      }
      const status = '/proc/self/status';
      const { existsSync, readFileSync } = require('node:fs');
      const peak = existsSync(status) && /VmHWM:\\s*(\\d+) kB/.exec(readFileSync(status, 'utf8'));
      console.log((peak ? Number(peak[1]) : process.resourceUsage().maxRSS) / 1024);
    })();`;
  const { code, stdout, stderr } = runNode({ source });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
}

const peakLimit = 800;

describe('native memory of a process', () => {
  test('when tensors are disposed then their memory is free at once', () => {
    expect(peakOf('native.Tensor.zeros([1 << 20]).dispose()', 400, false)).toBeLessThan(peakLimit);
  });

  test.each([
    ['tensors', 'native.Tensor.zeros([1 << 20])', 400],
    ['results', 'native.Tensor.zeros([1 << 19]).add(1)', 400],
    ['layers', 'new native.Linear({ inFeatures: 1 << 12, outFeatures: 1 << 8, generator })', 400],
    [
      'bags',
      `new native.Bags({ ids: new Int32Array(0), offsets: new Int32Array(1), labels: new Int32Array(0),
        vocabularySize: 1 << 20 })`,
      400,
    ],
  ])('when %s are dropped then V8 knows of their bytes and collects in time', (_, statement, rounds) => {
    expect(peakOf(statement, rounds, true)).toBeLessThan(peakLimit);
  });
});
