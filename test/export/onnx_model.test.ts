import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { roundingTolerance } from '../../src/experiments/tolerances.js';
import { onnxModel } from '../../src/export/onnx/onnx_model.js';
import { PortableClassifier, type PortableParts } from '../../src/portable/portable_classifier.js';
import type { EncodedTexts } from '../../src/text/bag_writer.js';
import { withTemporaryFolder } from '../helpers.js';
import { OnnxModel, type OnnxAnswers } from '../support/onnx_runtime.js';
import { randomFeatures, randomParts, randomTexts, type RandomModel } from '../support/random_parts.js';

/** The longest text has so many features. */
const terms = 200;

const models: Readonly<Record<string, RandomModel>> = {
  'linear, of two classes': {},
  'with a hidden layer': { hidden: 16 },
  'of many classes': { classes: 40, hidden: 8 },
  weighted: { features: { weighting: 'idf' } },
  'divided by the norm': { features: { weighting: 'naive-bayes', normalize: true, gain: 30 } },
  'divided by the norm of ones': { features: { normalize: true, gain: 30 } },
  'divided by the root of the length': { features: { weighting: 'idf', normalize: 'length', gain: 5 } },
  'with a gain alone': { features: { gain: 0.25 }, hidden: 4 },
  counted: { features: { counts: 'counts' } },
  'counted, weighted and divided': { features: { counts: 'counts', weighting: 'idf', normalize: true, gain: 30 } },
  'calibrated by a temperature': { calibration: { kind: 'temperature', temperature: 2.5 }, classes: 3 },
  'calibrated by a sigmoid': { calibration: { kind: 'sigmoid', scale: -0.7, bias: 0.4 }, hidden: 4 },
  'with a decision': { decision: { offsets: [0, 2, -1] }, classes: 3, features: { normalize: true, gain: 20 } },
  'calibrated, with a decision': {
    calibration: { kind: 'sigmoid', scale: 2, bias: -1 },
    decision: { offsets: [1.5, 0] },
    features: { normalize: true, gain: 20 },
  },
};

async function answersOf(parts: PortableParts, texts: EncodedTexts): Promise<OnnxAnswers> {
  const model = await OnnxModel.open(onnxModel(parts));
  try {
    return await model.run(texts);
  } finally {
    await model.close();
  }
}

function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length);
  return largest(Array.from(one, (value, k) => value - (other[k] ?? NaN)));
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values, Math.abs).reduce((one, other) => Math.max(one, other), 0);
}

test.each(Object.entries(models))('when a model is %s then onnxruntime gives its answers', async (_, options) => {
  const parts = randomParts(options);
  const texts = randomTexts(150, parts.description.features.counts === 'counts');
  const classifier = new PortableClassifier(parts);
  const logits = classifier.logitsOfEncoded(texts);
  const probabilities = classifier.probabilities(logits);
  const answers = await answersOf(parts, texts);
  const { length: classes } = parts.description.classes;
  expect(answers.shapes).toEqual({ logits: [150, classes], probabilities: [150, classes], label: [150] });
  const tolerance = roundingTolerance('float32', terms) * largest(logits);
  expect(largestDifference(answers.logits, logits)).toBeLessThan(tolerance);
  // A probability moves by at most a quarter of what the difference of two logits does, and no scale is above 2.
  expect(largestDifference(answers.probabilities, probabilities)).toBeLessThan(tolerance);
  expect(answers.label).toEqual(Array.from(classifier.decide(probabilities)));
  expect(new Set(answers.label).size).toBeGreaterThan(1);
});

test('when there are no texts, or none with features, then there are as many answers', async () => {
  const parts = randomParts({ features: { weighting: 'idf', normalize: true }, hidden: 4 });
  const none = await answersOf(parts, randomTexts(0, false));
  expect(none.shapes).toEqual({ logits: [0, 2], probabilities: [0, 2], label: [0] });
  const empty = await answersOf(parts, randomTexts(2, false));
  expect(empty.shapes.label).toEqual([2]);
  const expected = new PortableClassifier(parts).logitsOfEncoded(randomTexts(2, false));
  expect(largestDifference(empty.logits, expected)).toBeLessThan(roundingTolerance('float32', terms));
});

test.each([
  ['an id is negative', [-1, 2], [0, 2]],
  ['an id is beyond the features', [1, randomFeatures], [0, 2]],
  ['the last offset is less than the number of ids', [1, 2], [0, 1]],
  ['the last offset is more than the number of ids', [1, 2], [0, 3]],
  ['the last offset is 0', [1, 2], [0, 0]],
  ['the first offset is not 0', [1, 2, 3], [1, 3]],
  ['offsets go down', [1, 2, 3], [0, 2, 1, 3]],
  ['there is no offset', [], []],
])('when %s then a run fails', async (_, ids, offsets) => {
  const texts = { ids: Int32Array.from(ids), offsets: Int32Array.from(offsets), counts: null };
  await expect(answersOf(randomParts(), texts)).rejects.toThrow(/Non-zero status code/);
});

test('when there are fewer counts than ids then a run fails', async () => {
  const texts = { ids: Int32Array.of(1, 2), offsets: Int32Array.of(0, 2), counts: Int32Array.of(3) };
  await expect(answersOf(randomParts({ features: { counts: 'counts' } }), texts)).rejects.toThrow(/as_many_counts/);
});

test('when a model is too large for a file of this format then it is refused', () => {
  const parts = randomParts();
  const weight = new Float32Array(2 ** 29);
  const layers = { first: { weight, bias: new Float64Array(2) }, output: null };
  expect(() => onnxModel({ ...parts, layers })).toThrow(/less than 2 GB.*536870912 weights/);
});

test('when a number is beyond float32 then the model is refused', () => {
  const parts = randomParts();
  const weight = Float64Array.from(parts.layers.first.weight).fill(1e40, 7, 8);
  const layers = { first: { weight, bias: new Float64Array(2) }, output: null };
  expect(() => onnxModel({ ...parts, layers })).toThrow(expect.objectContaining({ code: 'ERR_NON_FINITE' }));
});

const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';
const program = `
import json, sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
sizes = lambda value: [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
print(json.dumps({
    'properties': {entry.key: json.loads(entry.value) for entry in model.metadata_props},
    'inputs': {value.name: sizes(value) for value in inferred.graph.input},
    'outputs': {value.name: sizes(value) for value in inferred.graph.output},
}))
`;

test('when the checker of ONNX looks at a model then it finds nothing, and the classes by name', async () => {
  const features = { counts: 'counts', weighting: 'idf', normalize: true } as const;
  const decision = { offsets: [0, 1, 2] };
  const parts = randomParts({ features, decision, classes: 3, hidden: 4 });
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'model.onnx');
    await writeFile(path, onnxModel(parts));
    const { status, stdout, stderr } = spawnSync(python, ['-c', program, path], { encoding: 'utf8' });
    if (stderr.includes("No module named 'onnx'") || status === null) {
      console.log('skipped: no Python with onnx here; IMDB_TORCH_PYTHON names one');
      return;
    }
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      properties: { classes: parts.description.classes, features: parts.description.features },
      inputs: { ids: ['entries'], offsets: ['texts_and_one'], counts: ['entries'] },
      outputs: { logits: ['texts', 3], probabilities: ['texts', 3], label: ['texts'] },
    });
  });
});
