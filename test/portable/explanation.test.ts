import { expect, test } from '@jest/globals';
import { explainText, longestExplainedText, topWords } from '../../src/portable/explanation.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { withTemporaryFolder } from '../helpers.js';
import { logitsByHand, softmaxByHand, writeSmallRun } from '../model/helpers.js';

/** Differences of a few float64 numbers of about 1. */
const digits = 12;

/** ln(p / (1 - p)) of every class. */
function logOdds(logits: readonly number[]): number[] {
  return softmaxByHand(logits).map((p) => Math.log(p / (1 - p)));
}

test.each([[['neg', 'pos']], [['bad', 'fair', 'good']]])(
  'when a text is explained for %j then an effect is what leaving the word out takes away',
  async (classes) => {
    await withTemporaryFolder(async (folder) => {
      const run = await writeSmallRun(folder, { classes });
      using classifier = await TextClassifier.open(run.path);
      const text = 'Not good, not a film!';
      const explanation = explainText(classifier, text);
      const whole = logOdds(logitsByHand(run, [0, 1, 3, 4]));
      const without = { not: [0, 1, 3], good: [0, 3, 4], a: [1, 3, 4], film: [0, 1, 4] };

      expect(explanation.prediction).toEqual(classifier.predict([text])[0]);
      expect(explanation.logOdds).toEqual(whole.map((value) => expect.closeTo(value, digits)));
      expect(explanation.words.map(({ word }) => word)).toEqual(Object.keys(without));
      for (const { word, spans, effects } of explanation.words) {
        const left = logOdds(logitsByHand(run, without[word as keyof typeof without]));
        const expected = whole.map((value, k) => expect.closeTo(value - (left[k] ?? NaN), digits) as unknown);
        expect(effects).toEqual(expected);
        for (const { start, end } of spans) expect(text.slice(start, end).toLowerCase()).toBe(word);
      }
      expect(explanation.words[0]?.spans).toHaveLength(2);
    });
  },
);

test('when a text has no word then there is nothing but a prediction', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder);
    using classifier = await TextClassifier.open(run.path);

    expect(explainText(classifier, ' !').words).toEqual([]);
    expect(() => explainText(classifier, 'x'.repeat(longestExplainedText + 1))).toThrow(/at most 1000000 characters/);
  });
});

test('when top words are asked for then those that move an empty text most come first', async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder);
    using classifier = await TextClassifier.open(run.path);
    const empty = logOdds(logitsByHand(run, []));
    const effects = run.words.map((word, id) => {
      const alone = logOdds(logitsByHand(run, [id]));
      return { word, effect: (alone[1] ?? NaN) - (empty[1] ?? NaN) };
    });
    const known = effects.slice(1).sort((one, other) => other.effect - one.effect);

    const [negative = [], positive] = topWords(classifier, 4);
    expect(positive).toEqual(known.map(({ word, effect }) => ({ word, effect: expect.closeTo(effect, digits) })));
    expect(negative.map(({ word }) => word)).toEqual(known.map(({ word }) => word).reverse());
    expect(topWords(classifier, 2)[1]).toEqual(positive?.slice(0, 2));
  });
});
