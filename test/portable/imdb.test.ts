/** The portable engine against the fused one on all test reviews of IMDb, with models of every kind that are trained on some. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadDataset, lora, saveRun, train, type LoraCallOptions, type TrainOptions } from '../../src/index.js';
import { openPortable } from '../../src/model/open_portable.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { BaseClassifier } from '../../src/portable/base_classifier.js';
import type { EncodedTexts } from '../../src/text/bag_writer.js';
import { withTemporaryFolder } from '../helpers.js';
import { hasImdbArchive, imdbArchive, readImdbReviews, type ImdbReview } from '../support/imdb_reviews.js';

if (!hasImdbArchive) console.warn(`Skipped: both engines on the reviews of IMDb, because there is no ${imdbArchive}.`);
const describeWithData = hasImdbArchive ? describe : describe.skip;

/** The fused engine sums some hundred terms in float32, of which the portable one loses nothing. */
const probabilityTolerance = 1e-6;
const trainingReviews = 2_000;
const textsPerBatch = 500;
/** Of what takes seconds on a machine with nothing else to do. */
const timeout = 300_000;

interface Model {
  readonly label?: 'label' | 'stars';
  readonly train?: TrainOptions;
  readonly lora?: LoraCallOptions;
  /** How the run is opened. */
  readonly adapter?: string;
  /** Whether it answers all reviews, or every fifth batch of them, which takes less time. */
  readonly isWhole?: true;
}

const models: Readonly<Record<string, Model>> = {
  'the notebook’s': { train: { preset: 'notebook', epochs: 1 }, isWhole: true },
  'the notebook’s with LoRA on': { lora: { preset: 'notebook', hidden: 50, loraEpochs: 1 }, adapter: 'on' },
  'one with merged LoRA': { lora: { preset: 'stable', hidden: 50, merge: true }, adapter: 'merged' },
  fast: { train: { preset: 'fast' }, isWhole: true },
  best: { train: { preset: 'best', epochs: 1 } },
  'one of eight classes': { label: 'stars', train: { preset: 'fast', epochs: 1, calibration: 'temperature' } },
  'one of auto with n-grams of characters, calibrated, with a fitted decision': {
    label: 'stars',
    train: { preset: 'auto', characters: [3, 4], ngrams: 1, folds: 3 },
  },
};

let reviews: ImdbReview[] = [];
/** The test reviews with the features of a vocabulary, by its hash: several models have the same. */
const encodedReviews = new Map<string, Map<number, EncodedTexts>>();

beforeAll(async () => {
  if (hasImdbArchive) reviews = await readImdbReviews();
}, timeout);

/** Trains on some reviews, and runs `use` with the run. */
async function withRun(model: Model, use: (run: string) => Promise<void>): Promise<void> {
  const all = reviews.filter(({ split }) => split === 'train');
  const step = all.length / trainingReviews;
  const some = Array.from({ length: trainingReviews }, (_, k) => all[Math.floor(k * step)]);
  const rows = some.flatMap((review) =>
    review === undefined ? [] : [{ text: review.text, label: review[model.label ?? 'label'] }],
  );
  await withTemporaryFolder(async (folder) => {
    const run = join(folder, 'run');
    const dataset = await loadDataset({ rows: { train: rows, test: rows.slice(0, 50) } });
    if (model.lora === undefined) await saveRun(run, await train(dataset, model.train), { report: false });
    else await saveRun(run, await lora(null, dataset, model.lora), { report: false });
    await use(run);
  });
}

/** Returns test reviews, some at a time, with the features of a model: all, or every fifth batch. */
function* encodedWith({ featurizer }: BaseClassifier, vocabulary: string, isWhole: boolean): Generator<EncodedTexts> {
  const texts = reviews.filter(({ split }) => split === 'test').map(({ text }) => text);
  expect(texts).toHaveLength(25_000);
  const known = encodedReviews.get(vocabulary) ?? new Map<number, EncodedTexts>();
  encodedReviews.set(vocabulary, known);
  for (let start = 0; start < texts.length; start += isWhole ? textsPerBatch : 5 * textsPerBatch) {
    const encode = (): EncodedTexts => featurizer.encodeBatch(texts.slice(start, start + textsPerBatch));
    const encoded = known.get(start) ?? encode();
    // The first ones show that those of another model with this vocabulary are those of this one.
    if (start === 0) expect(encoded).toEqual(encode());
    known.set(start, encoded);
    yield encoded;
  }
}

interface Compared {
  difference: number;
  /** Reviews with another class, though the scores of both are not a tie within the tolerance. */
  otherLabels: number;
}

/** Compares what both say of texts. */
function compare(native: TextClassifier, portable: BaseClassifier, encoded: EncodedTexts): Compared {
  const [expected, found] = [native, portable].map((classifier) =>
    classifier.probabilities(classifier.logitsOfEncoded(encoded)),
  ) as [Float64Array, Float64Array];
  const difference = found.reduce((most, p, k) => Math.max(most, Math.abs(p - (expected[k] ?? NaN))), 0);
  const [labels, others] = [native.decide(expected), portable.decide(found)];
  const { length } = native.classes;
  const isTie = (row: number): boolean => {
    const offsets = native.description.decision?.offsets ?? [];
    // The least and the greatest score that a class can have within the tolerance.
    const score = (label = 0, change: number): number =>
      Math.log(Math.max((expected[row * length + label] ?? NaN) + change, 0)) + (offsets[label] ?? 0);
    return score(labels[row], -probabilityTolerance) <= score(others[row], probabilityTolerance);
  };
  const otherLabels = Array.from(labels).filter((label, row) => label !== others[row] && !isTie(row)).length;
  return { difference, otherLabels };
}

describeWithData('of the test reviews', () => {
  test.each(Object.entries(models))(
    'when a model is %s then the portable engine says what the fused one does',
    async (_, model) => {
      await withRun(model, async (run) => {
        const options = model.adapter === undefined ? {} : { adapter: model.adapter };
        using native = await TextClassifier.open(run, options);
        const portable = await openPortable(run, options);
        expect(portable.description).toEqual(native.description);
        const worst = { difference: 0, otherLabels: 0 };
        const { sha256 } = native.featurizer.vocabulary;
        for (const encoded of encodedWith(portable, sha256, model.isWhole === true)) {
          const { difference, otherLabels } = compare(native, portable, encoded);
          worst.difference = Math.max(worst.difference, difference);
          worst.otherLabels += otherLabels;
        }
        expect(worst.otherLabels).toBe(0);
        expect(worst.difference).toBeLessThan(probabilityTolerance);
      });
    },
    timeout,
  );
});
