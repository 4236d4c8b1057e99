import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeAdapter } from '../../src/storage/adapter.js';
import { readSafetensors } from '../../src/storage/safetensors.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imdb-torch-adapter-'));
  await writeAdapter(folder, {
    rank: 2,
    alpha: 3,
    A: tensor([3, 2], 1),
    B: tensor([2, 4], 2),
    outputWeight: tensor([2, 3], 3),
    outputBias: tensor([2], 4),
    baseSha256: 'ab'.repeat(32),
  });
});
afterAll(() => rm(folder, { recursive: true }));

function tensor(shape: number[], value: number): StoredTensor {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value);
  return { dtype: 'float64', shape, data };
}

test("when an adapter is written then its tensors have PEFT's names, where B is lora_A and A is lora_B", async () => {
  const { tensors, metadata } = await readSafetensors(join(folder, 'adapter_model.safetensors'));
  expect(tensors).toEqual(
    new Map([
      ['base_model.model.fc1.lora_A.weight', tensor([2, 4], 2)],
      ['base_model.model.fc1.lora_B.weight', tensor([3, 2], 1)],
      ['base_model.model.fc2.weight', tensor([2, 3], 3)],
      ['base_model.model.fc2.bias', tensor([2], 4)],
    ]),
  );
  expect(Object.fromEntries(metadata)).toEqual({ format: 'pt', base_sha256: 'ab'.repeat(32) });
});

test('when an adapter is written then its configuration names rank, alpha and the layers', async () => {
  const text = await readFile(join(folder, 'adapter_config.json'), 'utf8');
  const config = JSON.parse(text) as Record<string, unknown>;
  expect(config).toMatchObject({
    peft_type: 'LORA',
    r: 2,
    lora_alpha: 3,
    target_modules: ['fc1'],
    modules_to_save: ['fc2'],
    fan_in_fan_out: false,
    use_rslora: false,
  });
  expect(Object.keys(config)).toEqual(Object.keys(config).sort());
});
