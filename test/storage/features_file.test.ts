import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTables, parseTables } from '../../src/storage/feature_tables.js';
import { featuresName, readFeatures } from '../../src/storage/features_file.js';
import { createRunDirectory } from '../../src/storage/run_directory.js';
import { FeatureEncoder } from '../../src/text/feature_encoder.js';
import { notebookFeatures, type FeatureOptions } from '../../src/text/features.js';
import { madeAtOnce, type IndexTables } from '../../src/text/ngrams/index_tables.js';
import { makeTables } from '../../src/text/ngrams/vocabulary_tables.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { withTemporaryFolder } from '../helpers.js';

const vocabulary = Vocabulary.of([
  'good',
  'not',
  '~^go',
  'not good',
  'film',
  'not a good',
  'internationally',
  'é',
  '~od',
]);
const options: FeatureOptions = {
  ...notebookFeatures,
  tokenizer: 'words-and-punctuation',
  ngrams: 3,
  characters: [2, 3],
  counts: 'counts',
};
const origin = { vocabularySha256: vocabulary.sha256, hasUnknown: false, characters: [2, 3] as const };
const texts = ['Not a good film, not good.', 'goodness é internationally not', ''];

function tablesOf(words: Vocabulary, { characters }: Pick<FeatureOptions, 'characters'> = options): IndexTables {
  return madeAtOnce(makeTables({ vocabulary: words, hasUnknown: false, characters: characters ?? null }));
}

function encode(tables: IndexTables): unknown {
  return new FeatureEncoder({ options, weights: null, tables }).encodeBatch(texts);
}

/** Makes a run that has nothing but features, and gives its folder. */
async function withRun(use: (path: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(vocabulary, options);
    await use(run.path);
  });
}

test('when tables are written then they are read back as they were', () => {
  const tables = tablesOf(vocabulary);
  const read = parseTables(formatTables(tables, origin), origin);

  expect(read).toEqual(tables);
  expect(encode(read)).toEqual(encode(tables));
});

test('when a run is written with its features then their index is read, on memory that threads share', async () => {
  await withRun(async (path) => {
    const tables = await readFeatures(path, vocabulary, options);

    expect(tables).toEqual(tablesOf(vocabulary));
    expect(tables?.pairs.entries.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

test('when a run is given up then the index of its features is gone with it', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    await run.writeVocabulary(vocabulary, options);
    expect((await run.listFiles()).map(({ name }) => name)).toContain(featuresName);
    await run.discard();
    await expect(readFile(join(run.path, featuresName))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('when a word comes twice then the index says so', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await createRunDirectory({ out: join(folder, 'run'), command: 'train' });
    const writing = run.writeVocabulary(Vocabulary.of(['a', 'a']), options);
    await expect(writing).rejects.toMatchObject({ code: 'ERR_RUN' });
  });
});

test('when the index is missing, damaged, cut off or of something else then there is none', async () => {
  await withRun(async (path) => {
    const file = join(path, featuresName);
    const whole = await readFile(file);
    const damaged = Buffer.from(whole);
    damaged[whole.length - 9] = (damaged[whole.length - 9] ?? 0) ^ 1;
    for (const bytes of [damaged, whole.subarray(0, -8), whole.subarray(0, 100), Buffer.of(), Buffer.from('text')]) {
      await writeFile(file, bytes);
      expect(await readFeatures(path, vocabulary, options)).toBeNull();
    }
    await writeFile(file, whole);
    expect(await readFeatures(path, Vocabulary.of(vocabulary.words.toReversed()), options)).toBeNull();
    expect(await readFeatures(path, vocabulary, { ...options, characters: [2, 4] })).toBeNull();
    expect(await readFeatures(path, vocabulary, { ...options, tokenizer: 'notebook' })).toBeNull();
    expect(await readFeatures(path, vocabulary, options)).not.toBeNull();
    const tables = tablesOf(vocabulary);
    await writeFile(file, formatTables({ ...tables, features: tables.features + 1 }, origin));
    expect(await readFeatures(path, vocabulary, options)).toBeNull();
    await rm(file);
    expect(await readFeatures(path, vocabulary, options)).toBeNull();
  });
});

test('when bytes of the index are changed then it is refused or says the same', () => {
  const tables = tablesOf(vocabulary);
  const file = formatTables(tables, origin);
  const change = fc.record({ at: fc.nat(file.length - 1), remove: fc.nat(8), insert: fc.uint8Array({ maxLength: 8 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      let damaged: Uint8Array = file;
      for (const { at, remove, insert } of changes)
        damaged = Buffer.concat([damaged.subarray(0, at), insert, damaged.subarray(at + remove)]);
      let read: IndexTables;
      try {
        read = parseTables(damaged, origin);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(?:its|it) /);
        return;
      }
      expect(read).toEqual(tables);
    }),
    { numRuns: 1000 },
  );
});

/** The arrays of numbers in tables. */
function arraysOf({ tokens, idOfToken, pairs, characters }: IndexTables): Int32Array[] {
  const ofTokens = [tokens.starts, tokens.keys, tokens.slots, idOfToken, pairs.buckets, pairs.entries];
  const ofNgrams = characters && [characters.ngrams.starts, characters.ngrams.slots, characters.idOf];
  return [...ofTokens, ...(ofNgrams ?? [])];
}

/** Without characters and of single tokens, all of which are features: their numbers are their ids. */
const single = Vocabulary.of(['good', 'not', 'film', 'a', 'é']);
const ofSingle: FeatureOptions = { ...notebookFeatures, tokenizer: 'words-and-punctuation', ngrams: 1 };
const originOfSingle = { vocabularySha256: single.sha256, hasUnknown: false, characters: null };

test.each([
  [false, 4],
  [true, 5],
])(
  'when an index of single tokens (unknown ones: %s) has more of them than features then it is refused',
  (hasUnknown, features) => {
    const words = hasUnknown ? Vocabulary.of(['<UNK>', ...single.words]) : single;
    const tables = madeAtOnce(makeTables({ vocabulary: words, hasUnknown, characters: null }));
    const own = { ...originOfSingle, hasUnknown };
    expect(parseTables(formatTables(tables, own), own)).toEqual(tables);
    expect(() => parseTables(formatTables({ ...tables, features }, own), own)).toThrow('a number out of range');
  },
);

test('when single tokens of the index have other numbers then texts are encoded with features alone or it is refused', () => {
  const change = fc.record({ array: fc.nat(5), at: fc.nat(), to: fc.integer({ min: -2, max: 8 }) });
  const header = fc.record({ features: fc.integer({ min: 0, max: 7 }), longest: fc.integer({ min: 0, max: 2 }) });
  let used = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 2 }), fc.option(header, { nil: {} }), (changes, numbers) => {
      const tables = { ...tablesOf(single, {}), ...numbers };
      for (const { array, at, to } of changes) {
        const own = arraysOf(tables)[array] ?? new Int32Array(1);
        own[at % own.length] = to;
      }
      let read: IndexTables;
      try {
        read = parseTables(formatTables(tables, originOfSingle), originOfSingle);
      } catch (error) {
        expect((error as Error).message).toBe('it has a number out of range');
        return;
      }
      used += 1;
      const { ids } = new FeatureEncoder({ options: ofSingle, weights: null, tables: read }).encodeBatch(texts);
      expect(ids.every((id) => id < tables.features)).toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(used).toBeGreaterThan(50);
});

test('when numbers of the index are others, with checksums that fit, then texts are encoded or it is refused', () => {
  const number = fc.oneof(fc.integer(), fc.integer({ min: -3, max: 20 }));
  const change = fc.record({ array: fc.nat(8), at: fc.nat(), to: number });
  let used = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const tables = tablesOf(vocabulary);
      for (const { array, at, to } of changes) {
        const numbers = arraysOf(tables)[array] ?? new Int32Array(1);
        numbers[at % numbers.length] = to;
      }
      let read: IndexTables;
      try {
        read = parseTables(formatTables(tables, origin), origin);
      } catch (error) {
        expect((error as Error).message).toBe('it has a number out of range');
        return;
      }
      used += 1;
      const { ids } = new FeatureEncoder({ options, weights: null, tables: read }).encodeBatch(texts);
      expect(ids.every((id) => id < vocabulary.size)).toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(used).toBeGreaterThan(50);
});
