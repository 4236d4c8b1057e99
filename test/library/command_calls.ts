/** The calls that do what the commands do. */
import * as library from '../../src/index.js';
import { aClassifier, classifier, control, loaded, path } from './shapes.js';
import { fields, list, maybe, number, object, one, orNull, signal, string, take, type Taken } from './takes.js';

/** A call with its arguments. */
export interface LibraryCall {
  call: (...values: never[]) => unknown;
  takes: readonly Taken[];
}

export const commandCalls: Readonly<Record<string, LibraryCall>> = {
  loadDataset: {
    call: library.loadDataset,
    takes: [
      fields(
        'options',
        maybe(take('object', 'array')('rows', [])),
        orNull(maybe(string('cacheFolder', 'nowhere'))),
        signal,
        maybe(take('function')('onProgress', () => undefined)),
      ),
    ],
  },
  train: { call: library.train, takes: [loaded, control] },
  tune: { call: library.tune, takes: [loaded, control] },
  lora: { call: library.lora, takes: [orNull(string('base', null)), loaded, control] },
  evaluate: { call: library.evaluate, takes: [aClassifier, loaded, maybe(fields('options', signal))] },
  compare: {
    call: library.compare,
    takes: [
      object('a', classifier),
      object('b', classifier),
      loaded,
      maybe(fields('options', maybe(list('metrics', ['accuracy'])), signal)),
    ],
  },
  explain: {
    call: library.explain,
    takes: [aClassifier, string('text', 'text'), maybe(fields('options', maybe(number('top', 1))))],
  },
  audit: { call: library.audit, takes: [loaded, control] },
  exportRun: {
    call: library.exportRun,
    takes: [
      path,
      maybe(
        fields(
          'options',
          ...[
            ['to', 'web'],
            ['out', 'nowhere'],
            ['precision', 'int8'],
            ['adapter', 'off'],
            ['decision', 'argmax'],
          ].map(([key = '', value]) => maybe(string(key, value))),
          maybe(number('maxSize', 1000)),
          maybe(take('function')('tokenizer', () => [])),
          maybe(fields('data', object('loading', {}), object('splits', {}))),
          signal,
          ...['onNote', 'onMeasured'].map((key) => maybe(take('function')(key, () => undefined))),
        ),
      ),
    ],
  },
  saveRun: { call: library.saveRun, takes: [path, one('result', {})] },
  classifierOf: { call: library.classifierOf, takes: [one('result', {})] },
};
