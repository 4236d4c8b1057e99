/**
 * The bytes are those of TensorBoard 2.21: `RecordWriter` of tensorboard.summary.writer.record_writer over the `Event` of
 * tensorboard.compat.proto.event_pb2.
 */
import { spawnSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventFileName, scalarsRecord, versionRecord } from '../../src/storage/event_file.js';
import { crc32c } from '../../src/storage/numbers/crc32.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import { withTemporaryFolder } from '../helpers.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('when bytes are those of RFC 3720 then so is their CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 255))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, index) => index)))).toBe(0x46dd794e);
});

test('when a file begins then its record is that of TensorBoard', () => {
  expect(hex(versionRecord(1_700_000_000.5))).toBe(
    '1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110',
  );
  expect(eventFileName(1_700_000_000.5)).toBe('events.out.tfevents.1700000000.imdb-torch');
});

test('when scalars are written then their record is that of TensorBoard', () => {
  const scalars = [
    { tag: 'loss/train', value: 0.5 },
    { tag: 'accuracy/valid', value: 0.875 },
  ];
  expect(hex(scalarsRecord(1_700_000_001.25, 300, scalars))).toBe(
    '3800000000000000a3797d570900005040fc54d94110ac022a2a0a110a0a6c6f73732f747261696e150000003f' +
      '0a150a0e61636375726163792f76616c6964150000603f6b8845c0',
  );
  expect(hex(scalarsRecord(1_700_000_001.25, 0, [{ tag: 'loss/train', value: 0 }]))).toBe(
    '1e00000000000000d9dc12320900005040fc54d9412a130a110a0a6c6f73732f747261696e15000000001d0339cc',
  );
});

const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';
const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
run = EventAccumulator(sys.argv[1]).Reload()
from tensorboard.util import tensor_util
tags = run.Tags()
found = {tag: [[e.step, e.value] for e in run.Scalars(tag)] for tag in tags['scalars']}
found.update({tag: [[e.step, float(tensor_util.make_ndarray(e.tensor_proto))] for e in run.Tensors(tag)] for tag in tags['tensors']})
print(json.dumps(found))
`;

/** Reads the scalars of a run directory with TensorBoard; null where no Python here has it. */
function readWithTensorboard(folder: string): unknown {
  const { status, stdout } = spawnSync(python, ['-c', program, folder], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout) as unknown;
  console.log('skipped: no Python with TensorBoard here; IMDB_TORCH_PYTHON names one');
  return null;
}

test('when a run writes scalars then TensorBoard reads them, and discarding the run takes them away', () =>
  withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    const steps = Array.from({ length: 200 }, (_, step) => [step, Math.fround(1 / (step + 1))] as const);
    for (const [step, value] of steps) {
      await run.appendScalars(step, [
        { tag: 'loss/train', value },
        { tag: 'größe/train', value: -value },
      ]);
    }
    const names = (await run.listFiles()).map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.imdb-torch$/), 'metrics.jsonl']);
    const read = readWithTensorboard(run.path);
    if (read !== null) {
      expect(read).toEqual({ 'loss/train': steps, 'größe/train': steps.map(([step, value]) => [step, -value]) });
    }
    await run.discard();
    expect(await readdir(folder)).toEqual([]);
  }));

test('when a step is no whole number then it is refused and nothing is written', () =>
  withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await expect(run.appendScalars(0.5, [])).rejects.toThrow('a whole number from 0 for step');
    expect(await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).toBe('');
    expect((await run.listFiles()).map(({ name }) => name)).toEqual(['metrics.jsonl']);
  }));
