/** Fresh cases from the PyTorch of this machine, where there is one. */
import { expect, test } from '@jest/globals';
import { readDataset, type Dataset } from '../../../src/data/dataset.js';
import { splitNames } from '../../../src/data/collected_reviews.js';
import type { EncodedSplit } from '../../../src/data/splits/encoded_splits.js';
import { committedExperiment } from '../../../src/experiments/verify/experiment_plan.js';
import { allBackends } from '../../../src/experiments/verify/backends.js';
import { computeFreshCases, findPythonWithTorch } from '../../../src/experiments/verify/pytorch.js';
import {
  committedCases,
  readReferenceSet,
  type ReferenceSet,
} from '../../../src/experiments/verify/reference_cases.js';
import { casePassed } from '../../../src/experiments/verify/case_result.js';
import { verifyCases } from '../../../src/experiments/verify/verify.js';

const python = await findPythonWithTorch().catch(() => null);
if (python === null) console.warn('Skipped: fresh cases from PyTorch, because no Python here has torch.');
const testWithPython = python === null ? test.skip : test;
const minutes = 60_000;

/** The first reviews of each split of the sample: enough for a few batches, the last one partial. */
async function smallDataset(): Promise<Dataset> {
  const sample = await readDataset({ ...committedExperiment.data, cacheFolder: null });
  const cut = ({ ids, offsets, labels, ...rest }: EncodedSplit): EncodedSplit => {
    const begun = offsets.subarray(0, 301);
    return { ...rest, ids: ids.subarray(0, begun.at(-1)), offsets: begun, labels: labels.subarray(0, 300) };
  };
  const splits = Object.fromEntries(splitNames.map((name) => [name, cut(sample.splits[name])]));
  return { ...sample, splits: splits as unknown as Dataset['splits'] };
}

testWithPython(
  'when PyTorch computes fresh cases then all pass, and a seed decides which they are',
  async () => {
    if (python === null) throw new Error('no Python');
    const dataset = await smallDataset();
    const fresh = await computeFreshCases({ python, seed: 7, dataset });
    expect(await computeFreshCases({ python, seed: 7, dataset })).toEqual(fresh);
    const tensorsOf = (set: ReferenceSet): unknown[] =>
      set.cases
        .filter(({ facts }) => facts.name === 'matmul-dot-float64')
        .map((reference) => reference.get('output').data);
    expect(tensorsOf(fresh)).not.toEqual(tensorsOf(await readReferenceSet(committedCases())));
    const results = await verifyCases(fresh, { backends: allBackends(), dataset });
    expect(results.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['relu-float32', 'sample-float32', 'sample-float64']),
    );
    expect(results.filter((result) => !casePassed(result))).toEqual([]);
  },
  10 * minutes,
);
