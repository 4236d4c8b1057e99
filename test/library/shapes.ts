import * as library from '../../src/index.js';
import { emptyModel } from './objects.js';
import { boolean, fields, list, maybe, number, object, one, orNull, signal, string, take } from './takes.js';

export const texts = list('texts', ['good', new Uint8Array([104, 105])]);
export const path = string('path', 'nowhere');
export const numbers = new Int32Array([0]);
export const reals = new Float64Array([0.5, 0.5]);

export const { model, classifier, vocabulary, featurizer, bags, loader, adapter, directory, dataset } = emptyModel();
export const { notebookFeatures: own } = library;
export const features = fields(
  'options',
  string('tokenizer', 'notebook'),
  number('ngrams', 1),
  number('minimumCount', 1),
  orNull(maybe(number('vocabularySize', null))),
  string('counts', 'binary'),
  string('weighting', 'none'),
  boolean('normalize', false),
  number('gain', 1),
);
export const encoded = [
  one('ids', numbers),
  one('offsets', new Int32Array([0, 1])),
  orNull(maybe(one('counts', null))),
];
export const reviews = fields('reviews', ...encoded, one('labels', numbers), maybe(one('groups', numbers)));
export const aModel = object('model', model);
export const aClassifier = object('classifier', classifier);
export const evaluation = fields('options', string('loss', 'softmax'), signal);
export const predictions = fields(
  'predictions',
  one('labels', numbers),
  one('probabilities', reals),
  one('logOdds', reals),
  number('classes', 2),
  maybe(one('predicted', numbers)),
);
export const pass = [
  one('classifier', model.classifier),
  object('optimizer', {}),
  one('train', loader),
  number('batch', 1),
  number('epochs', 1),
  string('loss', 'softmax'),
  maybe(one('classWeights', reals)),
  maybe(boolean('branchDropout', false)),
  maybe(string('name', 'training')),
  signal,
];
export const schedule = [string('schedule', 'constant'), number('warmup', 0)];
export const loaded = fields('dataset', object('loading', {}), object('splits', {}));
export const control = maybe(
  fields('options', maybe(object('events', {})), signal, maybe(one('stop', new AbortController().signal))),
);
export const origins = fields(
  'origins',
  list('tables', []),
  one('numbers', numbers),
  take('bytes')('paths', new Uint8Array(0)),
);

/** How a model is opened. */
export const opening = fields(
  'options',
  maybe(string('adapter', 'off')),
  maybe(string('decision', 'fitted')),
  maybe(string('engine', 'fused')),
  maybe(number('threads', 1)),
);
