import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { FeatureOptions } from '../../../src/text/features.js';
import { readModelFile, type Precision } from '../../../src/portable/model_file.js';
import { PortableClassifier } from '../../../src/portable/portable_classifier.js';
import { withTemporaryFolder } from '../../helpers.js';
import { fileOf, modelOf } from './helpers.js';

const reader = fileURLToPath(new URL('../../../docs/model_bin.py', import.meta.url));
const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';
const pythonHasIt = spawnSync(python, ['-c', 'import numpy']).status === 0;
const withPython = pythonHasIt ? test : test.skip;
if (!pythonHasIt) console.warn(`${python} has no numpy: the reader of model.bin in Python is skipped.`);

/** The program and NumPy take the same numbers in float64, and add them in another order. */
const rounding = 1e-6;

test('when the reader in Python is read then it has at most 80 lines', async () => {
  const lines = (await readFile(reader, 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(80);
});

const words = ['a', 'b', 'é', 'not', 'not a', 'a b', 'b a', 'not a b', 'a b é'];
const characters = ['~^a', '~é$', '~no'];

withPython.each<[string, number, string[], Partial<FeatureOptions>, Precision]>([
  ['two classes', 0, ['neg', 'pos'], { weighting: 'idf', normalize: true, gain: 10 }, 'int8'],
  ['three classes', 0, ['x', 'y', 'z'], { weighting: 'idf', normalize: 'length' }, 'float16'],
  ['a hidden layer', 3, ['neg', 'pos'], { weighting: 'idf', normalize: true }, 'float32'],
  ['characters', 0, ['neg', 'pos'], { characters: [2, 3], normalize: true }, 'int8'],
  ['the notebook’s words', 2, ['neg', 'pos'], { tokenizer: 'notebook' }, 'float32'],
])(
  'when a model has %s then Python reads the same features and predicts the same',
  (_, hidden, classes, features, precision) =>
    withTemporaryFolder(async (folder) => {
      const own = features.characters === undefined ? words : [...words, ...characters];
      const named = features.tokenizer === 'notebook' ? ['<UNK>', ...own] : own;
      const calibration = classes.length === 2 ? ({ kind: 'sigmoid', scale: 1.5, bias: 0.25 } as const) : null;
      const parts = modelOf({ words: named, hidden, classes, features, calibration });
      const { bytes } = fileOf(parts, precision, (word) => word !== 'not a');
      const path = join(folder, 'model.bin');
      await writeFile(path, bytes);

      const { names, ...read } = readModelFile(bytes);
      const classifier = new PortableClassifier(read);
      const ids = Array.from(classifier.featurizer.encode('Not a b é, not').ids);
      const answer = JSON.parse(execFileSync(python, [reader, path, ...ids.map(String)], { encoding: 'utf8' })) as {
        names: string[];
        probabilities: Record<string, number>;
      };
      expect(answer.names).toEqual(Array.from({ length: names?.size ?? 0 }, (__, id) => names?.word(id)));
      const [expected] = classifier.predictEncoded({
        ids: Int32Array.from(ids),
        offsets: Int32Array.of(0, ids.length),
        counts: null,
      });
      for (const [label, probability] of Object.entries(expected?.probabilities ?? {}))
        expect(Math.abs((answer.probabilities[label] ?? NaN) - probability)).toBeLessThan(rounding);
    }),
);
