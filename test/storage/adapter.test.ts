import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeAdapter, type Adapter } from '../../src/storage/adapter.js';
import { findAdapterProblems, readAdapter } from '../../src/storage/read_adapter.js';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { withTemporaryFolder } from '../helpers.js';

function tensor(shape: number[], value: number): StoredTensor {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value);
  return { dtype: 'float64', shape, data };
}

/** Of a model of 4 words, 3 hidden units and 2 classes. */
const shapes = new Map([
  ['fc1.weight', [3, 4]],
  ['fc1.bias', [3]],
  ['fc2.weight', [2, 3]],
  ['fc2.bias', [2]],
]);

const plain: Adapter = {
  branches: new Map([
    ['fc1', { up: tensor([3, 2], 1), down: tensor([2, 4], 2), alpha: 3, magnitude: null, bias: null }],
  ]),
  useRslora: false,
  dropout: 0,
  pissa: false,
  replaced: new Map([
    ['fc2.weight', tensor([2, 3], 3)],
    ['fc2.bias', tensor([2], 4)],
  ]),
  baseSha256: 'ab'.repeat(32),
};

/** Everything that an adapter can have, but for what excludes something else. */
const full: Adapter = {
  branches: new Map([
    ['fc1', { up: tensor([3, 2], 1), down: tensor([2, 4], 2), alpha: 3, magnitude: tensor([3], 5), bias: null }],
    ['fc2', { up: tensor([2, 1], 6), down: tensor([1, 3], 7), alpha: 4, magnitude: tensor([2], 8), bias: null }],
  ]),
  useRslora: true,
  dropout: 0.25,
  pissa: true,
  replaced: new Map([['fc1.bias', tensor([3], 9)]]),
  baseSha256: null,
};

const withBranchBias: Adapter = {
  ...plain,
  branches: new Map([
    ['fc1', { up: tensor([3, 2], 1), down: tensor([2, 4], 2), alpha: 3, magnitude: null, bias: tensor([3], 5) }],
  ]),
  replaced: new Map([
    ['fc1.bias', tensor([3], 6)],
    ['fc2.bias', tensor([2], 4)],
  ]),
};

test("when an adapter is written then its tensors have PEFT's names, where down is lora_A and up is lora_B", async () => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, plain);
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
});

test('when an adapter is written then its configuration says what it is', async () => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, full);
    const text = await readFile(join(folder, 'adapter_config.json'), 'utf8');
    const config = JSON.parse(text) as Record<string, unknown>;
    expect(config).toMatchObject({
      peft_type: 'LORA',
      r: 2,
      rank_pattern: { fc2: 1 },
      lora_alpha: 3,
      alpha_pattern: { fc2: 4 },
      lora_dropout: 0.25,
      target_modules: ['fc1', 'fc2'],
      modules_to_save: null,
      bias: 'lora_only',
      use_rslora: true,
      use_dora: true,
      init_lora_weights: 'pissa',
    });
    expect(Object.keys(config)).toEqual(Object.keys(config).sort());
  });
});

test.each([
  ['plain', plain],
  ['full', full],
  ['with a bias of the branch', withBranchBias],
])('when an adapter (%s) is written and read then it is what it was', async (_, adapter) => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, adapter);
    expect(await readAdapter(folder, shapes)).toEqual({ ...adapter, unknownKeys: [] });
    expect(findAdapterProblems(adapter, shapes)).toEqual([]);
  });
});

test('when tensors are missing, surplus, mis-shaped or whole numbers then the error lists all of them', async () => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, plain);
    const path = join(folder, 'adapter_model.safetensors');
    const integers = { dtype: 'int64', shape: [2], data: new BigInt64Array(2) } as const;
    const wrong = new Map<string, StoredTensor>([
      ['base_model.model.fc1.lora_A.weight', tensor([2, 5], 2)],
      ['base_model.model.fc1.lora_magnitude_vector', tensor([3], 1)],
      ['base_model.model.fc2.bias', integers],
      ['base_model.model.fc2.weight', tensor([2, 3], 1)],
    ]);
    await writeSafetensors(path, wrong);
    await expect(readAdapter(folder, shapes)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message:
        `${folder} is no adapter for this model: adapter_model.safetensors: ` +
        'base_model.model.fc1.lora_B.weight is missing; ' +
        'base_model.model.fc1.lora_A.weight is [2, 5], expected [2, 4]; ' +
        'base_model.model.fc2.bias is of whole numbers, expected float32 or float64; ' +
        'base_model.model.fc1.lora_magnitude_vector is not expected; ' +
        'give one that `lora` or PEFT wrote for it.',
    });
  });
});

test('when an adapter has a branch too wide or magnitudes on one layer only then its problems are named', () => {
  const [fc1, fc2] = [...full.branches.values()];
  if (fc1 === undefined || fc2 === undefined) throw new Error('two branches');
  const branches = new Map([
    ['fc1', { ...fc1, up: tensor([4, 2], 1) }],
    ['fc2', { ...fc2, magnitude: null }],
  ] as const);
  expect(findAdapterProblems({ ...full, branches }, shapes)).toEqual([
    'base_model.model.fc1.lora_B.weight is [4, 2], expected [3, 2]',
    'base_model.model.fc2.lora_magnitude_vector is missing',
  ]);
});

test.each([
  ['no file', null, /its adapter_config.json cannot be read \(ENOENT/],
  ['no JSON', 'r: 1', /its adapter_config.json cannot be read \(.*JSON/],
  ['a list', '"LORA"', /its adapter_config.json is no JSON object/],
])('when the configuration is %s then the error says so', async (_, text, message) => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, plain);
    const path = join(folder, 'adapter_config.json');
    const missing = text === null;
    await (missing ? (await import('node:fs/promises')).rm(path) : writeFile(path, text));
    await expect(readAdapter(folder, shapes)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringMatching(message),
    });
  });
});

test('when an adapter has a task of its own then its classes come back, one for each output', async () => {
  await withTemporaryFolder(async (folder) => {
    await writeAdapter(folder, { ...plain, classes: ['mild', 'strong'] });
    expect((await readAdapter(folder, shapes)).classes).toEqual(['mild', 'strong']);
    await writeAdapter(folder, { ...plain, classes: ['mild', 'strong', 'other'] });
    await expect(readAdapter(folder, shapes)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringContaining('"classes" are not the names of 2 outputs') as unknown,
    });
  });
});
