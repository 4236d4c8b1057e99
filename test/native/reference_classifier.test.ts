/** Both engines of Classifier, against what PyTorch has computed, see scripts/make_reference.py. */
import { describe, expect, test } from '@jest/globals';
import type { FloatDtype, LossForm } from '../../binding.js';
import { native } from '../../src/binding.js';
import {
  createModel,
  engines,
  int32,
  parameterNames,
  parametersOf,
  setLora,
  tensorOf,
  type Model,
} from './support/models.js';
import { readBags, referenceCases, type ReferenceCase } from './support/reference.js';
import { expectClose, expectCloseNumbers } from './support/tolerance.js';

interface ClassifierFacts {
  vocabulary: number;
  hidden: number;
  classes: number;
  rank: number;
  alpha: number;
  loss: LossForm;
  dtype: FloatDtype;
  mode: 'off' | 'on' | 'both';
  terms: number;
}

const classifierCases = await referenceCases<ClassifierFacts>('classifier');
const trainingCases = await referenceCases<TrainingFacts>('training');

interface TrainingFacts extends ClassifierFacts {
  lr: number;
  batchSize: number;
}

function fill(model: Model, reference: ReferenceCase<unknown>, prefix = ''): void {
  for (const [name, tensor] of Object.entries(parametersOf(model))) {
    tensor.copy_(tensorOf(reference.get(prefix + name)));
  }
}

describe.each(engines)('a classifier with the engine %s', (engine) => {
  test.each(classifierCases)('when it is %s then its numbers are those of PyTorch', (_, reference) => {
    const { facts } = reference;
    const { terms, loss, mode } = facts;
    const model = createModel({ ...facts, engine });
    const { classifier, hidden } = model;
    fill(model, reference);
    hidden.loraEnabled = mode !== 'off';
    hidden.setTrainable({ base: mode !== 'on', lora: mode !== 'off' });
    const bags = readBags(reference, facts.vocabulary);
    expectClose(classifier.forward(bags), reference.get('logits'), terms);
    const gradients = classifier.gradients(bags, int32(reference.get('rows')), { loss });
    expectCloseNumbers([gradients.loss], reference.get('loss'), terms);
    for (const name of parameterNames) {
      const expected = reference.has(`gradient.${name}`);
      expect(gradients[name] !== null).toBe(expected);
      if (gradients[name]) expectClose(gradients[name], reference.get(`gradient.${name}`), terms);
    }
    const { lossSum, correct, count } = classifier.evaluate(bags, { loss });
    expectCloseNumbers([lossSum], reference.get('lossSum'), terms);
    expect([BigInt(correct), count]).toEqual([reference.get('correct').data[0], bags.length]);
  });

  test.each(trainingCases)('when it trains as %s then every step is that of PyTorch', (_, reference) => {
    const { terms, loss, vocabulary, lr, batchSize } = reference.facts;
    const model = createModel({ ...reference.facts, engine });
    fill(model, reference, 'before.');
    const bags = readBags(reference, vocabulary);
    const parameters = parametersOf(model);
    const rows = int32(reference.get('rows'));
    const count = rows.length / 2;
    const train = (phase: string, own: Int32Array): void => {
      const trainable = Object.values(parameters).filter((tensor) => tensor.requiresGrad);
      const optimizer = new native.Sgd(trainable, { lr });
      const losses = model.classifier.trainBatches(bags, own, { batchSize, optimizer, loss });
      expectCloseNumbers(losses, reference.get(`${phase}.losses`), terms);
      for (const [name, tensor] of Object.entries(parameters)) {
        if (tensor.requiresGrad) expectClose(tensor, reference.get(`${phase}.${name}`), terms);
      }
    };
    setLora(model, false);
    train('full', rows.subarray(0, count));
    setLora(model, true);
    train('lora', rows.subarray(count));
    expectClose(model.classifier.forward(bags), reference.get('lora.logits'), terms);
    model.hidden.merge({ keepAdapter: true });
    expectClose(model.hidden.weight, reference.get('merged.weight'), terms);
    expectClose(model.classifier.forward(bags), reference.get('merged.logits'), terms);
  });
});
