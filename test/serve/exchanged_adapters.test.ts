/** Adapters that the program exchanges between the slices of a request. */
import { expect, test } from '@jest/globals';
import { explainInSlices } from '../../src/portable/explanation.js';
import type { TextClassifier } from '../../src/model/text_classifier.js';
import type { BaseClassifier } from '../../src/portable/base_classifier.js';
import { askModel } from '../../src/serve/answering.js';
import { predictInSlices } from '../../src/serve/prediction_slices.js';
import { servedClassifier } from '../../src/serve/served_model.js';
import type { Slices } from '../../src/serve/work_queue.js';
import { withClassifier } from './own_app.js';

const texts = Array<string>(1000).fill('good bad film');

/** Does the work, and calls `exchange` after each slice. */
function finish<T>(slices: Slices<T>, exchange: (slice: number) => void): T {
  for (let slice = 1; ; slice += 1) {
    const done = slices.next();
    if (done.done === true) return done.value;
    exchange(slice);
  }
}

async function withTwo(use: (classifier: TextClassifier) => void): Promise<void> {
  await withClassifier(async (classifier, run) => {
    await classifier.adapters.load('own', `${run}/adapter`);
    use(classifier);
  });
}

test('when another adapter is used between two slices then the whole answer is of that one', async () => {
  await withTwo((classifier) => {
    const model = servedClassifier('model', classifier);
    const exchange = (slice: number): void => {
      if (slice === 3) classifier.adapters.use('own');
    };
    const predictions = finish(
      askModel(model, undefined, (asked) => predictInSlices(asked, texts)),
      exchange,
    );
    expect(predictions).toEqual(classifier.predict(texts));
    expect(predictions[0]?.label).toMatch(/^(mild|strong)$/);
    classifier.adapters.use();
    const long = 'good bad film '.repeat(3000);
    const work = (asked: BaseClassifier) => explainInSlices(asked, long);
    const explained = finish(askModel(model, undefined, work), exchange);
    expect(explained).toEqual(finish(work(classifier), () => undefined));
  });
});

test('when the factor of an adapter is set between two slices then the whole answer has the new one', async () => {
  await withTwo((classifier) => {
    classifier.adapters.use('own');
    const slices = askModel(servedClassifier('model', classifier), undefined, (asked) => predictInSlices(asked, texts));
    const predictions = finish(slices, (slice) => {
      if (slice === 1) classifier.adapters.setScale('own', 0.25);
    });
    expect(predictions).toEqual(classifier.predict(texts));
  });
});

test('when adapters are exchanged all the time, or the one that was asked for has gone, then that is told', async () => {
  await withTwo((classifier) => {
    const model = servedClassifier('model', classifier);
    const exchange = (slice: number): void => {
      classifier.adapters.use(...(slice % 2 === 0 ? [] : ['own']));
    };
    const ask = (adapter?: 'off'): unknown =>
      finish(
        askModel(model, adapter, (asked) => predictInSlices(asked, texts)),
        exchange,
      );
    expect(() => ask()).toThrow(expect.objectContaining({ code: 'ERR_BUSY' }));
    classifier.adapters.use();
    expect(() => ask('off')).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }));
  });
});
