/** The file `classifier.js` as it is exported: in a realm that has nothing of Node. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { SourceTextModule, createContext } from 'node:vm';
import { expect, jest, test } from '@jest/globals';
import { TextClassifier, explainText } from '../../src/index.js';
import { bundledFile } from '../../src/export/bundled_files.js';
import type { LoadModel, PortableModel } from '../../src/portable/portable_model.js';
import { withRunOfManyScripts } from './helpers.js';
import { textsOfManyScripts } from './many_scripts.js';

jest.setTimeout(180_000);

/** The native engine keeps the values of weighted features in float32. */
const roundingOfValues = 1e-6;
const texts = textsOfManyScripts(200);

interface Classifier {
  readonly load: LoadModel;
  readonly ImdbTorchError: new () => Error;
}

/** Loads the module into a realm with nothing but JavaScript, `TextEncoder` and `TextDecoder`. */
async function loadBare(globals: object = {}): Promise<Classifier> {
  const context = createContext({ TextEncoder, TextDecoder, ...globals });
  const module = new SourceTextModule(readFileSync(bundledFile('classifier.js'), 'utf8'), { context });
  await module.link((specifier) => {
    throw new Error(`It imports ${specifier}.`);
  });
  await module.evaluate();
  return module.namespace as Classifier;
}

function expectLike(model: PortableModel, native: TextClassifier): void {
  const predictions = native.predict(texts);
  for (const [k, text] of texts.entries()) {
    const { label, probability, probabilities } = predictions[k] ?? { label: '', probability: NaN, probabilities: {} };
    const close = Object.entries(probabilities).map(([name, value]) => [name, closeTo(value)] as const);
    const expected = { label, probability: closeTo(probability), probabilities: Object.fromEntries(close) };
    expect({ ...model.predict(text) }).toEqual(expected);
    if (k % 10 > 0) continue;
    const { words } = explainText(native, text);
    expect({ ...model.explain(text) }).toEqual({
      ...expected,
      words: words.map(({ word, spans, effects }) => ({
        word,
        spans: spans.map(({ start, end }) => ({ start, end })),
        effects: Object.fromEntries(native.classes.map((name, c) => [name, closeTo(effects[c] ?? NaN)])),
      })),
    });
  }
}

function closeTo(value: number): unknown {
  return expect.closeTo(value, -Math.log10(2 * roundingOfValues));
}

test.each([
  ['fast', { preset: 'fast' }],
  ['auto', { preset: 'auto', characters: [2, 3] }],
  ['notebook', { preset: 'notebook', hidden: 5, epochs: 3 }],
] as const)(
  'when a realm has nothing of Node then the module answers as the native engine does, with %s',
  async (_name, options) => {
    await withRunOfManyScripts(async (run, exportTo) => {
      const { load } = await loadBare();
      using native = await TextClassifier.open(run);
      const model = await load(readFileSync(join(await exportTo({ to: 'web' }), 'model.bin')));
      expect(model.classes).toEqual(native.classes);
      expectLike(model, native);
    }, options);
  },
);

test('when the module is fetched then it is small, and imports nothing', () => {
  const code = readFileSync(bundledFile('classifier.js'), 'utf8');
  expect(code.startsWith('/*! imdb-torch')).toBe(true);
  expect(code).not.toMatch(/\b(?:require|process|Buffer|import)\b[.(]/);
  // As it lies there, and as servers send it.
  expect(Buffer.byteLength(code)).toBeLessThan(60_000);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(25_000);
});

test('when the types of the module are read then they export the values that it does', async () => {
  const types = readFileSync(bundledFile('classifier.d.ts'), 'utf8');
  const lists = Array.from(types.matchAll(/^export \{([^}]*)\};$/gm), ([, list = '']) => list.split(','));
  const values = lists.flat().map((name) => name.trim());
  expect(values.filter((name) => !name.startsWith('type ')).sort()).toEqual(Object.keys(await loadBare()).sort());
  expect(types).not.toMatch(/^export declare|messageOf/m);
});

function streamThatBreaksOff(start: Uint8Array): ReadableStream {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(start);
    },
    pull: () => Promise.reject(new TypeError('terminated')),
  });
}

test('when a model is fetched, or cannot be, then it is opened, or the sentence says why', async () => {
  await withRunOfManyScripts(async (_run, exportTo) => {
    const bytes = readFileSync(join(await exportTo({ precision: 'int8' }), 'model.bin'));
    const asked: string[] = [];
    const brokenOff = streamThatBreaksOff(bytes.subarray(0, 100));
    const fetch = (url: string): Promise<Response> => {
      asked.push(url);
      if (url.endsWith('model.bin')) return Promise.resolve(new Response(bytes));
      if (url.endsWith('away.bin')) return Promise.reject(new TypeError('no network'));
      if (url.endsWith('half.bin')) return Promise.resolve(new Response(brokenOff));
      return Promise.resolve(new Response('no such file', { status: 404, statusText: 'Not Found' }));
    };
    const { load } = await loadBare({ fetch });
    const model = await load('https://example.org/model.bin');
    expect((await load(new URL('https://example.org/model.bin'))).predict('good')).toEqual(model.predict('good'));
    const buffer = Uint8Array.from(bytes).buffer;
    expect((await load(buffer)).predict('good')).toEqual(model.predict('good'));
    expect(asked).toEqual(['https://example.org/model.bin', 'https://example.org/model.bin']);
    const failure = (source: unknown): Promise<unknown> => load(source as string).catch((error: unknown) => error);
    expect(await failure('other.bin')).toMatchObject({
      code: 'ERR_DOWNLOAD',
      message:
        'Expected a model file at other.bin but it cannot be fetched (404 Not Found); put model.bin there, or read it and give its bytes.',
    });
    expect(await failure('away.bin')).toMatchObject({ message: expect.stringContaining('(no network)') as unknown });
    const half = { code: 'ERR_DOWNLOAD', message: expect.stringContaining('(terminated)') as unknown };
    expect(await failure('half.bin')).toMatchObject(half);
    await expect((await loadBare()).load('model.bin')).rejects.toMatchObject({ code: 'ERR_DOWNLOAD' });
    expect(await failure(new Uint8Array(100))).toMatchObject({ code: 'ERR_RUN' });
    expect(await failure(5)).toMatchObject({ name: 'TypeError', code: 'ERR_ARG_TYPE' });
    expect(() => model.predict(5 as unknown as string)).toThrow(/^Expected a string for text but received 5/);
    const encoded = model.encode('good bad good');
    expect(encoded.ids.length).toBeGreaterThan(0);
    expect(Array.from(encoded.ids).sort((one, other) => one - other)).toEqual(Array.from(encoded.ids));
  });
});

test('when the model has a tokenizer of a program then load asks for it, and a page is refused', async () => {
  const letters = (text: string): string[] => Array.from(text.toLowerCase()).filter((letter) => /\S/.test(letter));
  await withRunOfManyScripts(
    async (run, exportTo) => {
      await expect(exportTo({ to: 'html', tokenizer: letters })).rejects.toMatchObject({
        code: 'ERR_USAGE',
        message: expect.stringContaining("a program's own, letters") as unknown,
      });
      const out = await exportTo({ tokenizer: letters });
      expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(', { tokenizer: letters })');
      const bytes = readFileSync(join(out, 'model.bin'));
      const { load } = await loadBare();
      await expect(load(bytes)).rejects.toMatchObject({ code: 'ERR_TOKENIZER' });
      using native = await TextClassifier.open(run, { tokenizer: letters });
      expectLike(await load(bytes, { tokenizer: letters }), native);
    },
    { preset: 'fast', tokenizer: letters },
  );
});

test('when Node lets a program read its folder alone then the module answers there', async () => {
  await withRunOfManyScripts(async (run, exportTo) => {
    const out = await exportTo({ precision: 'float16' });
    writeFileSync(
      join(out, 'program.mjs'),
      `import { readFileSync } from 'node:fs';
       import { load } from './classifier.js';
       const model = await load(readFileSync(new URL('model.bin', import.meta.url)));
       console.log(model.predict('good').label, model.explain('bad').words.length);`,
    );
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const flags = [permission, `--allow-fs-read=${out}/*`, '--no-warnings'];
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(out, 'program.mjs')], { encoding: 'utf8' });
    using native = await TextClassifier.open(run);
    expect({ stdout, stderr }).toEqual({ stdout: `${native.predict(['good'])[0]?.label ?? ''} 1\n`, stderr: '' });
  });
});
