import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { writeSample } from '../../../src/data/sample/sample.js';
import { TimeSlices } from '../../../src/system/time_slices.js';
import type { EncodedTexts } from '../../../src/text/bag_writer.js';
import { createBags } from '../../../src/model/bags.js';
import { naiveBayesWeights } from '../../../src/text/weighting/naive_bayes.js';
import { NgramCounter } from '../../../src/text/ngrams/ngram_counter.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';
import { valuesIn } from '../../model/helpers.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';

type Rows = Record<string, number>[];

const fixture = JSON.parse(readFileSync('test/fixtures/features.json', 'utf8')) as {
  texts: string[];
  labels: number[];
  ngrams: number;
  minimumCount: number;
  counts: Rows;
  weighted: Rows;
};

interface Given {
  texts: readonly string[];
  ngrams: number;
  minimumCount: number;
}

async function encode(
  { texts, ngrams, minimumCount }: Given,
  counts: boolean,
): Promise<{ names: readonly string[]; encoded: EncodedTexts }> {
  const tokens = new TokenLists('words-and-punctuation');
  const rows = Int32Array.from(texts, (text) => tokens.add(Buffer.from(text)));
  const selection = { vocabularySize: null, hasUnknown: false };
  const options = { ...selection, counted: texts.length, minimumCount, ngrams };
  const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
  const [encoded] = await counter.makeBags([{ start: 0, end: texts.length }], counts);
  if (encoded === undefined) throw new Error('Expected encoded texts.');
  return {
    names: counter.features,
    encoded,
  };
}

function rowsOf(names: readonly string[], { ids, offsets }: EncodedTexts, values: ArrayLike<number>): Rows {
  return Array.from(offsets.subarray(1), (end, text) => {
    const start = offsets[text] ?? 0;
    const row = Array.from(ids.subarray(start, end), (id, i) => [names[id] ?? '', values[start + i] ?? NaN]);
    return Object.fromEntries(row) as Record<string, number>;
  });
}

test('when texts are small then features and counts are those of CountVectorizer', async () => {
  const { names, encoded } = await encode(fixture, true);

  expect(rowsOf(names, encoded, encoded.counts ?? [])).toEqual(fixture.counts);
});

test('when they are weighted and normalised then the values are those of numpy within rounding', async () => {
  const { names, encoded } = await encode(fixture, false);
  const weights = naiveBayesWeights(encoded, Int32Array.from(fixture.labels), names.length);
  const vocabulary = Vocabulary.of(names);
  using bags = createBags(encoded, { options: { normalize: true, gain: 10 }, vocabulary, weights });
  const held = valuesIn(bags);
  const values = encoded.offsets.subarray(1).reduce<number[]>((all, end, text) => {
    const own = encoded.ids.subarray(encoded.offsets[text], end);
    return [...all, ...Array.from(own, (id) => held[names.length * text + id] ?? NaN)];
  }, []);

  // Weights and values are rounded to float32, of numbers up to 10; a norm has the errors of all its weights.
  const tolerance = 10 * 2 ** -22;
  rowsOf(names, encoded, values).forEach((row, text) => {
    const expected = fixture.weighted[text] ?? {};
    expect(Object.keys(row).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs((row[name] ?? NaN) - value)).toBeLessThan(tolerance);
    }
  });
});

test('when the machine has scikit-learn then it counts the reviews of the sample in the same way', async () => {
  const texts = [...writeSample()].map(({ text }) => text).slice(0, 600);
  const given = { texts, ngrams: 3, minimumCount: 3 };
  const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';
  const run = spawnSync(python, ['scripts/make_features_fixture.py', '-'], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) {
    console.log('skipped: no Python with scikit-learn here; IMDB_TORCH_PYTHON names one');
    return;
  }
  const { names, encoded } = await encode(given, true);
  expect(rowsOf(names, encoded, encoded.counts ?? [])).toEqual(JSON.parse(run.stdout));
});
