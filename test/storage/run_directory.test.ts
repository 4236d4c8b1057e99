import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRun } from '../../src/storage/read_run.js';
import { notebookDescription } from '../../src/storage/model_description.js';
import { createRunDirectory, type RunDirectory } from '../../src/storage/run_directory.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'imdb-torch-run-')));
});
afterEach(() => rm(folder, { recursive: true }));

const words = ['<UNK>', 'the', 'naïve'];

const description = { ...notebookDescription(3, 4), classes: ['no', 'yes'] };

function zeros(...shape: number[]): StoredTensor {
  return { dtype: 'float32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

function model(): Map<string, StoredTensor> {
  return new Map([
    ['fc1.weight', zeros(4, 3)],
    ['fc1.bias', zeros(4)],
    ['fc2.weight', zeros(2, 4)],
    ['fc2.bias', zeros(2)],
  ]);
}

async function writeAll(run: RunDirectory): Promise<void> {
  await run.writeVocabulary(Vocabulary.of(words));
  await run.appendMetrics({ epoch: 1 });
  const { sha256 } = await run.writeModel('model', model());
  await run.writeAdapter({
    branches: new Map([['fc1', { up: zeros(4, 1), down: zeros(1, 3), alpha: 2, magnitude: null, bias: null }]]),
    useRslora: false,
    dropout: 0,
    pissa: false,
    replaced: new Map([
      ['fc2.weight', zeros(2, 4)],
      ['fc2.bias', zeros(2)],
    ]),
    baseSha256: sha256,
  });
  await run.writeDescription(description);
  await run.writeModel('merged', model(), { note: 'merged' });
  const sha = createHash('sha256').update(words.join('\n')).digest('hex');
  await run.writeRun({ schema: 1, vocabulary: { size: words.length, sha256: sha, first: words } });
}

async function listing(path = folder): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.map((entry) => relative(path, join(entry.parentPath, entry.name))).sort();
}

describe('createRunDirectory', () => {
  test('when no folder is given then runs get names of their own in the working folder', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const runs = [await createRunDirectory({ command: 'train' }), await createRunDirectory({ command: 'train' })];
      for (const run of runs) {
        expect(relative(folder, run.path)).toMatch(/^runs\/\d{8}T\d{6}Z-train(-2)?$/);
      }
      expect(runs[0]?.path).not.toBe(runs[1]?.path);
    } finally {
      process.chdir(before);
    }
  });

  test('when the folder is new or empty then it is taken', async () => {
    expect((await createRunDirectory({ out: join(folder, 'a', 'b'), command: 'train' })).path).toBe(
      join(folder, 'a/b'),
    );
    await mkdir(join(folder, 'empty'));
    expect((await createRunDirectory({ out: join(folder, 'empty'), command: 'train' })).path).toBe(
      join(folder, 'empty'),
    );
  });

  test('when the folder has a file in it then it is refused and stays as it is', async () => {
    await writeFile(join(folder, 'mine.txt'), 'x');
    await expect(createRunDirectory({ out: folder, command: 'train' })).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
      message: expect.stringContaining(folder),
    });
    expect(await listing()).toEqual(['mine.txt']);
  });

  test('when another run has claimed the folder then it is refused', async () => {
    const out = join(folder, 'run');
    const both = await Promise.allSettled([
      createRunDirectory({ out, command: 'train' }),
      createRunDirectory({ out, command: 'train' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ERR_OUTPUT' },
    });
  });

  test.each(['file', 'file/below'])('when %s is in the way then it is refused', async (name) => {
    await writeFile(join(folder, 'file'), 'x');
    await expect(createRunDirectory({ out: join(folder, name), command: 'train' })).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
      message: expect.stringContaining(join(folder, name)),
    });
  });

  const permitted = process.getuid?.() === 0 ? test.skip : test;
  permitted('when the parent may not be written then it is refused', async () => {
    await chmod(folder, 0o500);
    try {
      const creating = createRunDirectory({ out: join(folder, 'run'), command: 'train' });
      await expect(creating).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    } finally {
      await chmod(folder, 0o700);
    }
  });
});

describe('a run directory', () => {
  test('when all is written then it has the files of the design and nothing else', async () => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    await writeAll(run);
    await run.appendMetrics({ epoch: 2 });
    expect(await listing(run.path)).toEqual([
      'adapter',
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'merged.safetensors',
      'metrics.jsonl',
      'model.json',
      'model.safetensors',
      'run.json',
      'vocabulary.txt',
    ]);
    expect(await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).toBe('{"epoch":1}\n{"epoch":2}\n');
    expect(await readFile(join(run.path, 'vocabulary.txt'), 'utf8')).toBe('<UNK>\nthe\nnaïve\n');
  });

  test('when lines are appended at once then they keep their order', async () => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    await Promise.all([1, 2, 3].map((epoch) => run.appendMetrics({ epoch })));
    const text = await readFile(join(run.path, 'metrics.jsonl'), 'utf8');
    expect(text).toBe('{"epoch":1}\n{"epoch":2}\n{"epoch":3}\n');
  });

  test('when it is discarded then all that it made is gone, and nothing else', async () => {
    await mkdir(join(folder, 'old'));
    const run = await createRunDirectory({ out: join(folder, 'old', 'new', 'run'), command: 'lora' });
    await writeAll(run);
    await run.discard();
    expect(await listing()).toEqual(['old']);
  });

  test('when it is discarded while a model is being written then nothing is left of that either', async () => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    const writing = run.writeModel('model', new Map([['x', zeros(1000, 1000)]]));
    await run.discard();
    await writing;
    expect(await listing()).toEqual([]);
  });

  test('when somebody has put a file into it then discarding keeps that file', async () => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    await writeAll(run);
    await writeFile(join(run.path, 'notes.txt'), 'x');
    await run.discard();
    expect(await listing()).toEqual(['run', 'run/notes.txt']);
  });

  test('when the folder was there and empty then discarding keeps it', async () => {
    const run = await createRunDirectory({ out: folder, command: 'lora' });
    await writeAll(run);
    await run.discard();
    expect(await listing()).toEqual([]);
  });
});

/** A file system of 64 KiB, or null where this user may not mount one. */
function mountSmallDisk(path: string): { unmount(): void } | null {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  return status === 0 ? { unmount: () => spawnSync('umount', [path]) } : null;
}

describe('a full disk', () => {
  test('when it stops a file then the error says so and only whole files are there', async () => {
    const disk = mountSmallDisk(folder);
    if (!disk) {
      console.warn('Skipped: a small file system cannot be mounted here.');
      return;
    }
    try {
      const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
      await run.writeVocabulary(Vocabulary.of(words));
      const full = { code: 'ERR_OUTPUT', message: expect.stringContaining('the disk is full') };
      const large = new Map([['x', zeros(100_000)]]);
      await expect(run.writeModel('model', large)).rejects.toMatchObject(full);
      await run.appendMetrics({ epoch: 1 });
      await expect(run.appendMetrics({ text: 'x'.repeat(100_000) })).rejects.toMatchObject(full);
      expect(await listing(run.path)).toEqual(['.unfinished', 'metrics.jsonl', 'vocabulary.txt']);
      expect(await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).toBe('{"epoch":1}\n');
      await run.discard();
      expect(await listing()).toEqual([]);
    } finally {
      disk.unmount();
    }
  });
});

describe('readRun', () => {
  async function completeRun(): Promise<string> {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    await writeAll(run);
    return run.path;
  }

  test('when a run is complete then its document, words and tensors come back', async () => {
    const path = await completeRun();
    const { run, description: read, vocabulary, tensors } = await readRun(path);
    expect(run).toMatchObject({ schema: 1 });
    expect(read).toEqual(description);
    expect(vocabulary.words).toEqual(words);
    expect([...tensors.keys()].sort()).toEqual([...model().keys()].sort());
  });

  test('when a run has no description then it is taken for a run of the notebook', async () => {
    const path = await completeRun();
    await rm(join(path, 'model.json'));
    expect((await readRun(path)).description).toEqual(notebookDescription(3, 4));
  });

  test.each<[string, (path: string) => Promise<void>, RegExp]>([
    ['has a broken description', (path) => writeFile(join(path, 'model.json'), '{}'), /"schema" 1/],
    ['is no folder', (path) => rm(path, { recursive: true }), /has no run\.json/],
    ['is not complete', (path) => rm(join(path, 'run.json')), /has no run\.json/],
    ['has no words', (path) => rm(join(path, 'vocabulary.txt')), /has no vocabulary\.txt/],
    ['has a broken document', (path) => writeFile(join(path, 'run.json'), '{'), /is no JSON/],
    ['has a document of another kind', (path) => writeFile(join(path, 'run.json'), 'null'), /"schema": 1/],
    ['has a document of the future', (path) => writeFile(join(path, 'run.json'), '{"schema":2}'), /"schema": 1/],
    ['has other words', (path) => writeFile(join(path, 'vocabulary.txt'), 'a\nb\nc\n'), /not the one/],
    ['has words that are no UTF-8', (path) => writeFile(join(path, 'vocabulary.txt'), Buffer.of(255)), /cannot read/],
  ])('when it %s then the error says so', async (_, damage, message) => {
    const path = await completeRun();
    await damage(path);
    const error: unknown = await readRun(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_RUN', message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(path);
  });

  test.each<[string, string, StoredTensor, RegExp]>([
    ['is for another vocabulary', 'fc1.weight', zeros(4, 2), /for 2 words and vocabulary\.txt has 3/],
    ['has a hidden layer of another width', 'fc2.weight', zeros(2, 5), /"fc2\.weight" of shape \[2, 4\]/],
    ['has another dtype', 'fc1.bias', { ...zeros(4), dtype: 'float64', data: new Float64Array(4) }, /"fc1\.bias"/],
  ])('when its model %s then the error says so', async (_, name, tensor, message) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'lora' });
    await run.writeVocabulary(Vocabulary.of(words));
    await run.writeModel('model', model().set(name, tensor));
    await run.writeRun({ schema: 1 });
    await expect(readRun(run.path)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringMatching(message),
    });
  });

  test('when its model is damaged then the error names the file', async () => {
    const path = await completeRun();
    await writeFile(join(path, 'model.safetensors'), 'x');
    await expect(readRun(path)).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
  });
});
