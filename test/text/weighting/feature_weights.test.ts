import { expect, test } from '@jest/globals';
import type { EncodedTexts } from '../../../src/text/bag_writer.js';
import { columnsOf } from '../../../src/text/weighting/feature_columns.js';
import { featureWeights, scaleToMeanSquareOne, weightingScales } from '../../../src/text/weighting/feature_weights.js';
import { naiveBayesWeights } from '../../../src/text/weighting/naive_bayes.js';
import { weightings, type Weighting } from '../../../src/text/weighting/weightings.js';

/** Six texts of four features, of which text 0 has the first two and none has the last. */
const texts: EncodedTexts = {
  ids: Int32Array.of(0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1),
  offsets: Int32Array.of(0, 2, 4, 6, 8, 10, 11),
  counts: null,
};
const labels = Int32Array.of(0, 1, 2, 1, 0, 0);
/** float32 keeps 24 bits. */
const rounding = 2 ** -23;

function expectClose(values: Float32Array | null | undefined, expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, k) => {
    expect(Math.abs((values?.[k] ?? NaN) - value)).toBeLessThanOrEqual(rounding * Math.max(1, Math.abs(value)));
  });
}

// Computed with numpy from the formulas, all classes and features at once.
test.each<[Weighting, string, number[], Int32Array, number]>([
  ['naive-bayes', 'three classes', [1.06784063, 0.3254224004, 1.4170660198, 0], labels, 3],
  ['idf', 'three classes', [0.6931471806, 0, 1.0986122887, 0], labels, 3],
  ['naive-bayes-idf', 'three classes', [0.740170722, 0, 1.5568061432, 0], labels, 3],
  ['shrunk-naive-bayes', 'three classes', [0.7599534378, 0.0702800248, 0.892424188, 0], labels, 3],
  // What no text has keeps the weight of Wang and Manning's formula.
  ['naive-bayes', 'two classes', [-0.5108256238, -0.1053605157, 0.993251773, -0.1053605157], labels.map(second), 2],
  ['naive-bayes-idf', 'two classes', [-0.3540773409, 0, 1.0911986036, 0], labels.map(second), 2],
  ['shrunk-naive-bayes', 'two classes', [-0.3523383963, -0.0702800248, 0.6710931775, 0], labels.map(second), 2],
])('when the weighting is %s of %s then the weights are those of numpy', (weighting, _what, expected, of, classes) => {
  expectClose(featureWeights(texts, of, { features: 4, classes, weighting }), expected);
});

function second(label: number): number {
  return Math.min(label, 1);
}

test('when features are counted then ratios are of counts and idf is of texts', () => {
  const counts = Int32Array.from(texts.ids, (id) => [3, 1, 2][id] ?? 0);
  const weigh = (weighting: Weighting): Float32Array | null =>
    featureWeights({ ...texts, counts }, labels, { features: 4, classes: 3, weighting });
  expectClose(weigh('naive-bayes'), [1.7719568419, 0.2336148512, 2.1400661635, 0]);
  expectClose(weigh('idf'), [0.6931471806, 0, 1.0986122887, 0]);
  expectClose(weigh('shrunk-naive-bayes'), [1.1986063667, 0.1019564585, 1.2683776226, 0]);
  expect(weigh('none')).toBeNull();
});

test('when there are two classes then the columns give every bit of the weights by rows', () => {
  const { texts: many, labels: of, features } = randomTexts(2);
  const columns = columnsOf(many, features);
  const [scales] = weightingScales(columns, { labels: of, classes: 2 }, { kinds: ['naive-bayes'], factors: null });
  const expected = naiveBayesWeights(many, of, features);
  const frequencies = frequenciesOf(many, features);
  scaleToMeanSquareOne(expected, frequencies);
  // What no text has is left out.
  expect(scales).toEqual(expected.map((value, id) => (frequencies[id] === 0 ? 0 : value)));
});

test.each([3, 8, 232])('when there are %i classes then the weights are the largest of all of them', (classes) => {
  const { texts: many, labels: of, features } = randomTexts(classes);
  const expected = largestOf(many, of, classes, features);
  const weigh = (weighting: Weighting): Float32Array | null =>
    featureWeights(many, of, { features, classes, weighting });
  expectClose(weigh('naive-bayes'), expected.plain);
  expectClose(weigh('shrunk-naive-bayes'), expected.shrunk);
});

test('when a model is fitted on some of the texts then its scales are those of these texts alone', () => {
  const { texts: many, labels: of, features } = randomTexts(8);
  const rows = Int32Array.from(of.keys()).filter((row) => row % 3 !== 1);
  const alone = selectTexts(many, rows);
  const scales = weightingScales(
    columnsOf(many, features),
    { labels: of, classes: 8, rows },
    { kinds: weightings, factors: null },
  );
  const fit = { labels: of.filter((_, row) => row % 3 !== 1), classes: 8 };
  expect(scales).toEqual(weightingScales(columnsOf(alone, features), fit, { kinds: weightings, factors: null }));
  const frequencies = frequenciesOf(alone, features);
  const entries = alone.ids.length;
  for (const scale of scales) {
    const squares = scale.reduce((sum, value, id) => sum + (frequencies[id] ?? NaN) * value * value, 0);
    expect(squares / entries).toBeCloseTo(1, 5);
  }
});

test('when features have factors then weights are multiplied before their mean square is made 1', () => {
  const fit = { labels, classes: 3 };
  const columns = columnsOf(texts, 4);
  const factors = Float32Array.of(0.5, 1, 1, 1);
  const [plain, half] = [null, factors].map(
    (own) => weightingScales(columns, fit, { kinds: ['naive-bayes'], factors: own })[0],
  );
  const ratioOf = (scales: Float32Array | undefined): number => (scales?.[0] ?? NaN) / (scales?.[2] ?? NaN);
  expect(ratioOf(half)).toBeCloseTo(ratioOf(plain) / 2, 6);
  const frequencies = frequenciesOf(texts, 4);
  const squares = half?.reduce((sum, value, id) => sum + (frequencies[id] ?? NaN) * value * value, 0) ?? NaN;
  expect(squares / texts.ids.length).toBeCloseTo(1, 5);
});

test('when no text, or one class, is fitted on then all scales are numbers', () => {
  const columns = columnsOf(texts, 4);
  const none = weightingScales(
    columns,
    { labels, classes: 3, rows: new Int32Array(0) },
    { kinds: weightings, factors: null },
  );
  for (const scale of none) expect(scale).toEqual(new Float32Array(4));
  for (const classes of [2, 3]) {
    for (const scale of weightingScales(
      columns,
      { labels, classes, rows: Int32Array.of(0, 4) },
      { kinds: weightings, factors: null },
    )) {
      expect(scale.every(Number.isFinite)).toBe(true);
      expect(Array.from(scale.subarray(2))).toEqual([0, 0]);
    }
  }
});

/** Makes texts in which low features are frequent and some are in no text, and classes of very different sizes. */
function randomTexts(classes: number): { texts: EncodedTexts; labels: Int32Array; features: number } {
  const features = 500;
  let state = classes;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const of = Int32Array.from({ length: 4 * classes + 60 }, (_, row) =>
    row < 2 * classes ? row % classes : Math.floor(classes * random() ** 2),
  );
  const rows = Array.from(of, () =>
    Array.from({ length: features - 1 }, (_, id) => id).filter((id) => random() < 4 / (4 + id)),
  );
  const offsets = Int32Array.of(0, ...rows.map((_, row) => rows.slice(0, row + 1).flat().length));
  return { texts: { ids: Int32Array.from(rows.flat()), offsets, counts: null }, labels: of, features };
}

function selectTexts({ ids, offsets }: EncodedTexts, rows: Int32Array): EncodedTexts {
  const chosen = Array.from(rows, (row) => Array.from(ids.subarray(offsets[row], offsets[row + 1])));
  const ends = chosen.map((_, row) => chosen.slice(0, row + 1).flat().length);
  return { ids: Int32Array.from(chosen.flat()), offsets: Int32Array.of(0, ...ends), counts: null };
}

function frequenciesOf({ ids }: EncodedTexts, features: number): Int32Array {
  const frequencies = new Int32Array(features);
  for (const id of ids) frequencies[id] = (frequencies[id] ?? NaN) + 1;
  return frequencies;
}

/** Looks at every class of every feature. */
function largestOf(
  { ids, offsets }: EncodedTexts,
  of: Int32Array,
  classes: number,
  features: number,
): { plain: number[]; shrunk: number[] } {
  const counts = Array.from({ length: classes }, () => new Int32Array(features));
  of.forEach((label, row) => {
    for (const id of ids.subarray(offsets[row], offsets[row + 1])) counts[label]?.set([at(counts[label], id) + 1], id);
  });
  const all = ids.length;
  const result = { plain: new Array<number>(features).fill(0), shrunk: new Array<number>(features).fill(0) };
  frequenciesOf({ ids, offsets, counts: null }, features).forEach((total, id) => {
    if (total === 0) return;
    for (const count of counts) {
      const size = count.reduce((sum, value) => sum + value, 0);
      const [p, q] = [at(count, id), total - at(count, id)];
      const plain = Math.log((1 + p) / (features + size)) - Math.log((1 + q) / (features + all - size));
      result.plain[id] = Math.max(result.plain[id] ?? NaN, Math.abs(plain));
      const a = (2 * size) / all;
      const [ofClass, ofRest] = [a + p, 2 - a + q];
      const r = Math.abs(Math.log(ofClass / ofRest) - Math.log(a / (2 - a)));
      const shrunk = Math.sqrt(r ** 3 / (r ** 2 + 1 / ofClass + 1 / ofRest));
      result.shrunk[id] = Math.max(result.shrunk[id] ?? NaN, shrunk);
    }
  });
  return result;
}

function at(values: Int32Array | undefined, index: number): number {
  return values?.[index] ?? NaN;
}
