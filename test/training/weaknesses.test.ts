import { expect, test } from '@jest/globals';
import { findWeaknesses, type ModelFacts } from '../../src/training/weaknesses.js';

/** A model with which all is well: 40 of 50 test reviews are right, of two classes of 50. */
function facts(changes: Partial<ModelFacts> = {}): ModelFacts {
  const labels = Int32Array.from({ length: 50 }, (_, row) => row % 2);
  const predicted = labels.map((label, row) => (row < 10 ? 1 - label : label));
  const heldOut = { labels, predicted, probabilities: new Float64Array(100).fill(0.5) };
  const others = { fit: { train: 0.99, valid: 0.8 }, leaks: [] };
  return { classes: ['neg', 'pos'], counts: [50, 50], metric: 'accuracy', heldOut, ...others, ...changes };
}

function predicting(share: number): ModelFacts['heldOut'] {
  const { heldOut } = facts();
  const wrong = Math.round((1 - share) * 50);
  return { ...heldOut, predicted: heldOut.labels.map((own, row) => (row < wrong ? 1 - own : own)) };
}

test('when all is well then there is nothing to say', () => {
  expect(findWeaknesses(facts())).toEqual([]);
});

test.each<[string, Partial<ModelFacts>, RegExp]>([
  ['few-examples', { counts: [9, 91] }, /^Fewer than 10 training reviews are labelled "neg", .*label more/],
  ['overfitting', { fit: { train: 0.99, valid: 0.78 } }, /^99\.0 % of the training reviews .* 78\.0 % .*label more/],
  ['no-better', { heldOut: predicting(0.56) }, /always predicting "neg" \(56\.0 % against 50\.0 %/],
  [
    'leak',
    {
      leaks: [
        { token: 'x', label: 0, precision: 0.98, recall: 0.5 },
        { token: 'y"z', label: 1, precision: 1, recall: 0.75 },
      ],
    },
    /^The word "y\\"z" gives "pos" away \(100\.0 % .* 75\.0 % of the class\), and 1 more class has such a word: /,
  ],
])('when there is %s then one sentence says so, and what to do', (kind, changes, sentence) => {
  expect(findWeaknesses(facts(changes))).toEqual([{ kind, sentence: expect.stringMatching(sentence) }]);
});

test('when the validation is no better than the largest class then one sentence says so, but not beside that on the test', () => {
  const fit = { train: 0.56, valid: 0.56, largest: { accuracy: 0.5, examples: 50 } };
  const said = (changes: Partial<ModelFacts>): string[] =>
    findWeaknesses(facts({ fit, ...changes })).map(({ kind, sentence }) => `${kind} ${sentence}`);
  expect(said({})).toEqual([
    expect.stringMatching(/^no-better The model is no better .* "neg" \(56\.0 % against 50\.0 % on the validation/),
  ]);
  expect(said({ heldOut: predicting(0.5) })).toEqual([expect.stringMatching(/on the test reviews/)]);
  expect(said({ fit: { ...fit, valid: 0.6 } })).toEqual([]);
  expect(said({ fit: { ...fit, largest: null } })).toEqual([]);
  expect(said({ metric: 'roc-auc' })).toEqual([]);
});

test('when a calibration makes no sense then one sentence says which number it has', () => {
  const said = (refused: ModelFacts['refused']): string[] =>
    findWeaknesses(facts({ refused })).map(({ sentence }) => sentence);
  expect(said({ kind: 'temperature', temperature: 1.4e43 })).toEqual([
    expect.stringMatching(
      /^The temperature that fits the validation reviews best is 1\.4e\+43, which is not from 0\.01 to 100/,
    ),
  ]);
  expect(said({ kind: 'sigmoid', scale: -2, bias: 0 })).toEqual([
    expect.stringMatching(/^The scale of the sigmoid .* is -2\.0, which is not above 0 and at most 100/),
  ]);
  expect(said(null)).toEqual([]);
});

test('when a class is never predicted then it is named, and the model is no better than the largest class', () => {
  const { heldOut } = facts();
  const labels = heldOut.labels.map((_, row) => Number(row < 47));
  const found = { ...heldOut, labels, predicted: labels.map(() => 1) };
  const kinds = (changes: Partial<ModelFacts>): string[] => findWeaknesses(facts(changes)).map(({ kind }) => kind);
  const rare = { counts: [20, 380], heldOut: found };
  expect(kinds(rare)).toEqual(['never-predicted', 'no-better']);
  expect(kinds({ ...rare, metric: 'macro-f1' })).toEqual(['never-predicted', 'no-better']);
  expect(kinds({ ...rare, metric: 'roc-auc' })).toEqual(['never-predicted']);
  const said = (hasWordsOfBase: boolean): string =>
    findWeaknesses(facts({ ...rare, hasWordsOfBase }))[1]?.sentence ?? '';
  expect(said(true)).toBe(`${said(false)} ${said(true).slice(said(false).length + 1)}`);
  expect(said(true)).toMatch(/It knows no words but those of its base: .*train a model of these texts \(train\)\.$/);
  expect(kinds({ ...rare, metric: 'macro-f1', heldOut: { ...found, predicted: labels } })).toEqual([]);
});

test('when many classes are weak then five are named', () => {
  const classes = Array.from({ length: 7 }, (_, k) => `c${k}`);
  const [first] = findWeaknesses(facts({ classes, counts: classes.map(() => 2), fit: null }));
  expect(first?.sentence).toContain('labelled "c0", "c1", "c2", "c3", "c4" and 2 more, too few');
});
