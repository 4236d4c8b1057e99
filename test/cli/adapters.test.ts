import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LoraDocument } from '../../src/report/documents.js';
import type { Metrics } from '../../src/training/metrics.js';
import { runCli } from './helpers.js';

const onSample = ['--data', 'sample', '--device', 'cpu', '--hidden', '8', '--json', '--quiet'];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-adapters-'));
  const { code } = await runCli(['train', ...onSample, '--epochs', '1', '--out', 'base'], { cwd });
  expect(code).toBe(0);
});
afterAll(() => rm(cwd, { recursive: true }));

test.each([
  [['--use-dora', '--rank', '4'], { use_dora: true, use_rslora: false, r: 4, lora_alpha: 1 }, 'torch'],
  [
    ['--init', 'pissa', '--use-rslora', '--rank', '2', '--lr', '0.01'],
    { use_dora: false, use_rslora: true, r: 4, lora_alpha: Math.SQRT2 },
    'fused',
  ],
  [['--init', 'gaussian', '--alpha', '2'], { use_dora: false, r: 1, lora_alpha: 2 }, 'fused'],
])(
  'when lora runs with %j then all checks pass, and its adapter on the base is the tested model',
  async (options, config, engine) => {
    const out = `tuned-${options.join('')}`;
    const args = ['lora', '--base', 'base', '--lora-epochs', '1', '--merge', ...options, '--out', out];
    const { code, stdout } = await runCli([...args, '--json', '--quiet'], { cwd });
    const document = JSON.parse(stdout) as LoraDocument;
    expect(document.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect({ code, engine: document.engine }).toEqual({ code: 0, engine });
    expect(document.frozen).toMatchObject({ weight: true, bias: true, A: false, B: false });
    const adapter = join(out, 'adapter');
    const text = await readFile(join(cwd, adapter, 'adapter_config.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ modules_to_save: ['fc2'], ...config });
    const evaluate = ['evaluate', 'base', '--adapter', adapter, '--json', '--quiet'];
    const { loss, accuracy } = JSON.parse((await runCli(evaluate, { cwd })).stdout) as Metrics;
    // Float32, in another order.
    expect(loss).toBeCloseTo(document.lora.test.loss, 5);
    expect(accuracy).toBeCloseTo(document.lora.test.accuracy, 2);
  },
);

test('when options of the branch contradict each other or the engine then lora exits with 2', async () => {
  const { code, stderr } = await runCli(['lora', '--engine', 'fused', '--use-dora', '--init', 'none']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Expected --engine torch or auto with --use-dora/);
  expect(stderr).toMatch(/Expected one of notebook, kaiming, gaussian, pissa for --init but received "none"/);
});
