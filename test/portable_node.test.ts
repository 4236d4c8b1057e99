/** What `imdb-torch/portable/node` exports, with and without an addon. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { TextClassifier } from '../src/model/text_classifier.js';
import { PortableClassifier } from '../src/portable/portable_classifier.js';
import {
  evaluate,
  explain,
  loadDataset,
  openRun,
  PortableRun,
  type RunClassifier,
  type SharedPortable,
} from '../src/portable_node.js';
import { withTemporaryFolder } from './helpers.js';
import { writeSmallRun } from './model/helpers.js';
import { settled } from './support/nearly_same.js';

/** Parameters are float64 on both sides: sums of a few differ in their last bits. */
const rounding = 1e-12;
const texts = ['not good', 'a bad film', ''];
const built = fileURLToPath(new URL('../dist/portable_node.js', import.meta.url));

test('when a run is opened without the addon then it answers as the native classifier does, whatever the adapter', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    for (const adapter of ['off', 'on', 'merged']) {
      using native = await TextClassifier.open(path, { adapter });
      const portable = await openRun(path, { adapter });
      const { activeAdapters, isMerged, features, engine } = portable;
      expect(engine).toBe('portable');
      expect({ activeAdapters, isMerged, features }).toEqual({
        activeAdapters: native.activeAdapters,
        isMerged: native.isMerged,
        features: native.features,
      });
      const expected = native.predict(texts);
      expect(settled(portable.predict(texts), expected, rounding)).toEqual(expected);
    }
  });
});

test('when a classifier goes to another thread then it shares its arrays and gives the same bits', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const portable = await openRun(path, { adapter: 'on' });
    const { port1, port2 } = new MessageChannel();
    const shared = portable.share();
    port1.postMessage(shared);
    const received = (receiveMessageOnPort(port2) as { message: SharedPortable }).message;
    port1.close();
    const other = PortableRun.fromShared(received);
    expect(other.predict(texts)).toEqual(portable.predict(texts));
    expect(explain(other, 'not good', { top: 2 })).toEqual(explain(portable, 'not good', { top: 2 }));
    expect(other.activeAdapters).toEqual(['adapter']);
    // What is written there is seen here: it is the same memory.
    other.layers.first.bias.fill(7);
    expect(Array.from(shared.layers.first.bias)).toEqual([7, 7, 7]);
  });
});

test('when what another thread has sent is not whole then it is refused', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const shared = (await openRun(path, { adapter: 'on' })).share();
    const { layers, branch } = shared;
    const { first, output } = layers;
    expect([first.bias.length, output?.bias.length, branch?.rank]).toEqual([3, 2, 2]);
    const wrong: [string, object][] = [
      ['shared.loss', { loss: 'squares' }],
      ['shared.branch', { branch: undefined }],
      ['shared.branch.rank', { branch: { ...branch, rank: 0 } }],
      ['shared.branch.up', { branch: { ...branch, up: new Float32Array(5) } }],
      ['shared.branch.down', { branch: { ...branch, down: new Float64Array(1) } }],
      ['shared.layers.first', { layers: { output } }],
      ['shared.layers.first.weight', { layers: { first: { ...first, weight: [1] }, output } }],
      ['shared.layers.first.weight', { layers: { first: { ...first, weight: first.weight.slice(1) }, output } }],
      ['shared.layers.first.bias', { layers: { first: { ...first, bias: first.bias.slice(1) }, output } }],
      ['shared.layers.output.weight', { layers: { first, output: null } }],
      ['shared.layers.output.bias', { layers: { first, output: { ...output, bias: new Float64Array(3) } } }],
    ];
    for (const [name, change] of wrong) {
      const make = (): unknown => PortableRun.fromShared({ ...shared, ...change });
      expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(`for ${name} but`) }));
    }
  });
});

test('when a classifier is one without a vocabulary then evaluate names those that have one', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const rows = ['good', 'bad'].map((text, k) => ({ text, label: k === 0 ? 'pos' : 'neg' }));
    const dataset = await loadDataset({ rows: { train: rows, test: rows } });
    const run = await openRun(path);
    expect(await evaluate(run, dataset)).toMatchObject({ engine: 'portable', count: 2 });
    const ofFile: unknown = new PortableClassifier(run.parts);
    await expect(evaluate(ofFile as RunClassifier, dataset)).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringMatching(/one of a model file; open the run with TextClassifier\.open, or with openRun/),
    });
  });
});

test('when there is no addon then a program opens and explains all the same', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const program = `
      const { openRun, explain } = await import(${JSON.stringify(built)});
      console.log(JSON.stringify(explain(await openRun(${JSON.stringify(path)}), 'not good')));`;
    const env = { PATH: '', IMDB_TORCH_HOME: folder, IMDB_TORCH_LIBTORCH: folder };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env });
    expect(JSON.parse(stdout)).toEqual(explain(await openRun(path), 'not good'));
  });
});

test('when there is no run, or an option is none, then that is told', async () => {
  await withTemporaryFolder(async (folder) => {
    await expect(openRun(folder)).rejects.toMatchObject({ code: 'ERR_RUN' });
    const { path } = await writeSmallRun(folder);
    await expect(openRun(path, { adapter: 'on' })).rejects.toMatchObject({ code: 'ERR_RUN' });
    await expect(openRun(path, { adapter: 7 } as never)).rejects.toThrow(TypeError);
    await expect(openRun(7 as never)).rejects.toThrow(TypeError);
    for (const option of [{ engine: 'torch' }, { threads: 8 }]) {
      await expect(openRun(path, option as never)).rejects.toThrow('Expected one of adapter, decision, tokenizer for');
    }
  });
});
