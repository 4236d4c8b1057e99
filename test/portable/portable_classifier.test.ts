import { describe, expect, test } from '@jest/globals';
import { createPortable, openPortable } from '../../src/model/open_portable.js';
import type { ModelParts } from '../../src/model/model_parts.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { BaseClassifier } from '../../src/portable/base_classifier.js';
import { PortableClassifier } from '../../src/portable/portable_classifier.js';
import { explainText, topWords } from '../../src/portable/explanation.js';
import type { Adapter, AdapterBranch } from '../../src/storage/adapter.js';
import { notebookDescription } from '../../src/storage/model_description.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import type { EncodedTexts } from '../../src/text/bag_writer.js';
import type { FeatureOptions } from '../../src/text/features.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { evaluateLabelled } from '../../src/training/labelled_evaluation.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { settled } from '../support/nearly_same.js';

const texts = ['A good film', 'bad', '', 'not good, NOT bad', 'an unknown film film film'];
/** Parameters are float64 on both sides, and numbers of the size of 1: sums of a few differ in their last bits. */
const rounding = 1e-13;
/** The native engine keeps the values of weighted features in float32. */
const roundingOfValues = 1e-6;

/** Reproducible numbers between -1 and 1. */
function tensor(seed: number, ...shape: number[]): StoredTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  const data = Float64Array.from({ length: count }, (_, k) => Math.sin(seed * 100 + k * 1.7));
  return { dtype: 'float64', shape, data };
}

/** What a classifier says of itself and of texts. */
function answersOf(classifier: BaseClassifier): unknown {
  const { classes, description } = classifier;
  return [
    classes,
    description,
    classifier.predict(texts),
    explainText(classifier, texts[3] ?? ''),
    topWords(classifier, 2),
  ];
}

function expectSame(one: BaseClassifier, other: BaseClassifier, tolerance = rounding): void {
  const expected = answersOf(other);
  expect(settled(answersOf(one), expected, tolerance)).toEqual(expected);
}

function expectSameOf(parts: ModelParts, adapter: Adapter | null, tolerance = rounding): void {
  using native = TextClassifier.create(parts, adapter);
  expectSame(createPortable(parts, adapter), native, tolerance);
}

const words = ['<UNK>', 'good', 'bad', 'film', 'not'];

/** A model of these features. @param hidden 0: a linear one */
function partsOf(hidden: number, classes: readonly string[], features: Partial<FeatureOptions> = {}): ModelParts {
  const { length: output } = classes;
  const width = hidden === 0 ? output : hidden;
  const described = notebookDescription(words.length, hidden);
  const tensors = new Map([
    ['fc1.weight', tensor(1, width, words.length)],
    ['fc1.bias', tensor(2, width)],
  ]);
  if (hidden > 0) tensors.set('fc2.weight', tensor(3, output, hidden)).set('fc2.bias', tensor(4, output));
  if (features.weighting !== undefined) tensors.set('features.weight', tensor(5, words.length));
  const description = { ...described, classes, output, features: { ...described.features, ...features } };
  return { description, vocabulary: Vocabulary.of(words), tensors };
}

describe.each([0, 1, 3])('with a hidden layer of %d', (hidden) => {
  test.each<[string, Partial<FeatureOptions>]>([
    ['as they are', {}],
    ['counted', { counts: 'counts' }],
    ['weighted', { weighting: 'idf' }],
    ['of length 1', { weighting: 'idf', normalize: true, gain: 10 }],
    ['counted and divided by their number', { counts: 'counts', normalize: 'length', gain: 3 }],
  ])('when features are %s then the answers are those of the native engine', (_, features) => {
    for (const classes of [
      ['no', 'yes'],
      ['no', 'yes', 'maybe'],
    ])
      expectSameOf(partsOf(hidden, classes, features), null, roundingOfValues);
  });
});

const branch: AdapterBranch = { up: tensor(6, 3, 2), down: tensor(7, 2, 5), alpha: 3, magnitude: null, bias: null };
const positive = { ...tensor(8, 3), data: Float64Array.of(0.5, 2, 1) };
const plain: Adapter = {
  ...{ branches: new Map([['fc1', branch]]), useRslora: false, dropout: 0.5, pissa: false },
  ...{ replaced: new Map<string, StoredTensor>(), baseSha256: null },
};

test.each<[string, Partial<Adapter>]>([
  ['LoRA', {}],
  ['rank-stabilised LoRA', { useRslora: true }],
  ['DoRA', { branches: new Map([['fc1', { ...branch, magnitude: positive }]]) }],
  ['a branch with a bias', { branches: new Map([['fc1', { ...branch, bias: tensor(9, 3) }]]) }],
  ['PiSSA', { pissa: true }],
  [
    'a branch on the output layer',
    { branches: new Map([['fc2', { ...branch, up: tensor(6, 2, 2), down: tensor(7, 2, 3) }]]) },
  ],
  [
    'an output layer of its own',
    {
      replaced: new Map([
        ['fc2.weight', tensor(10, 2, 3)],
        ['fc2.bias', tensor(11, 2)],
      ]),
    },
  ],
  [
    'classes of its own',
    {
      classes: ['red', 'green', 'blue'],
      replaced: new Map([
        ['fc2.weight', tensor(10, 3, 3)],
        ['fc2.bias', tensor(11, 3)],
      ]),
      calibration: { kind: 'temperature', temperature: 2 },
      decision: { offsets: [0, 1, 0] },
    },
  ],
])('when an adapter has %s then the answers are those of the native engine', (_, changes) => {
  expectSameOf(partsOf(3, ['no', 'yes']), { ...plain, ...changes });
});

test.each(['off', 'on', 'merged'] as const)(
  'when a run is opened with the adapter %s then the answers are the same',
  async (adapter) => {
    await withTemporaryFolder(async (folder) => {
      const calibration = { kind: 'sigmoid', scale: 2, bias: 0.5 } as const;
      const { path } = await writeSmallRun(folder, { adapter: true, calibration, decision: { offsets: [0, 1] } });
      using native = await TextClassifier.open(path, { adapter });
      const portable = await openPortable(path, { adapter });
      expectSame(portable, native);
      expect(portable.isMerged).toBe(native.isMerged);
      expect(portable.notes).toEqual(native.notes);
      const workedIn = new PortableClassifier(portable.parts);
      expectSame(workedIn, native);
      const chosen = await openPortable(path, { adapter, decision: 'argmax' });
      expect(chosen.description.decision).toBeUndefined();
    });
  },
);

test('when an adapter is of another model then it is refused', () => {
  expect(() => createPortable(partsOf(3, ['no', 'yes']), { ...plain, baseSha256: 'a' }, { baseSha256: 'b' })).toThrow(
    'Expected an adapter of the model with SHA-256 b',
  );
});

test.each(['softmax', 'logits'] as const)(
  'when labelled texts are evaluated with the loss of %s then sums are the same',
  (loss) => {
    const parts = partsOf(3, ['no', 'yes', 'maybe']);
    using native = TextClassifier.create(parts, null);
    const portable = createPortable(parts, null);
    const encoded = portable.featurizer.encodeBatch(texts);
    const labels = Int32Array.of(2, 0, 1, 1, 0);
    const found = native.evaluateEncoded(encoded, labels, loss);
    expect(settled(portable.evaluateEncoded(encoded, labels, loss), found, rounding)).toEqual(settled(found, found, 0));
  },
);

const encodedTexts = { ids: Int32Array.of(1, 3, 0, 4), offsets: Int32Array.of(0, 2, 4), counts: null };

test.each<[string, object, string]>([
  ['an id that no feature has', { ids: Int32Array.of(1, 3, 0, 5) }, 'ERR_ARG_RANGE'],
  ['a negative id', { ids: Int32Array.of(-1, 3, 0, 4) }, 'ERR_ARG_RANGE'],
  ['ids in another order', { ids: Int32Array.of(3, 1, 0, 4) }, 'ERR_ARG_RANGE'],
  ['an id twice', { ids: Int32Array.of(1, 1, 0, 4) }, 'ERR_ARG_RANGE'],
  ['no offset', { offsets: new Int32Array(0) }, 'ERR_SHAPE'],
  ['offsets that start late', { offsets: Int32Array.of(1, 2, 4) }, 'ERR_SHAPE'],
  ['offsets that end early', { offsets: Int32Array.of(0, 2, 3) }, 'ERR_SHAPE'],
  ['descending offsets', { offsets: Int32Array.of(0, 3, 2, 4) }, 'ERR_SHAPE'],
  ['too few counts', { counts: Int32Array.of(1, 1, 1) }, 'ERR_SHAPE'],
  ['ids of another type', { ids: [1, 3, 0, 4] }, 'ERR_ARG_TYPE'],
])('when encoded texts have %s then both engines refuse them alike', (_, changes, code) => {
  const parts = partsOf(3, ['no', 'yes'], { counts: 'counts' });
  using native = TextClassifier.create(parts, null);
  const encoded = { ...encodedTexts, ...changes };
  for (const classifier of [native, createPortable(parts, null)]) {
    expect(() => classifier.predictEncoded(encoded)).toThrow(expect.objectContaining({ code }));
    if ('counts' in changes) continue;
    expect(() => classifier.firstLayer(encoded.ids, encoded.offsets)).toThrow(expect.objectContaining({ code }));
  }
});

test('when encoded texts have no counts, or two bytes for each id, then the answers are the same', () => {
  const portable = createPortable(partsOf(3, ['no', 'yes']), null);
  const expected = portable.predictEncoded(encodedTexts);
  const { ids, offsets } = encodedTexts;
  expect(portable.predictEncoded({ ids: Uint16Array.from(ids), offsets } as EncodedTexts)).toEqual(expected);
});

test('when the portable engine evaluates many texts then the event loop turns between a few of them', async () => {
  const parts = partsOf(3, ['no', 'yes', 'maybe']);
  using native = TextClassifier.create(parts, null);
  const portable = createPortable(parts, null);
  const many = Array.from({ length: 400 }, (_, k) => texts[k % texts.length] ?? '');
  const reviews = { ...portable.featurizer.encodeBatch(many), labels: Int32Array.from(many, (_, k) => k % 3) };
  const expected = await evaluateLabelled(native, reviews, { loss: 'logits' });
  let [turns, isDone] = [0, false];
  const turn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const found = await evaluateLabelled(portable, reviews, { loss: 'logits' });
  isDone = true;

  expect(turns).toBeGreaterThan(2);
  expect(settled(found, expected, rounding)).toEqual(settled(expected, expected, 0));
});
