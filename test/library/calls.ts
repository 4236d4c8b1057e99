/** What every function, constructor and method of the library takes. */
import * as library from '../../src/index.js';
import { commandCalls, type LibraryCall } from './command_calls.js';
import {
  aClassifier,
  aModel,
  adapter,
  bags,
  classifier,
  dataset,
  directory,
  encoded,
  evaluation,
  features,
  featurizer,
  loader,
  model,
  numbers,
  opening,
  origins,
  own,
  pass,
  path,
  predictions,
  reals,
  reviews,
  schedule,
  texts,
  vocabulary,
} from './shapes.js';
import { boolean, fields, list, map, maybe, number, object, one, orNull, signal, string, take } from './takes.js';

const adapters = new library.AdapterSet(model);
const stored = map('stored', new Map());
const name = string('name', 'name');

/** By the names of the exports; a member follows a dot, and stands behind `new` where it is the constructor. */
export const calls: Readonly<Record<string, LibraryCall>> = {
  tokenize: { call: library.tokenize, takes: [string('text', 'text')] },
  'new Vocabulary': {
    call: (lines) => new library.Vocabulary(lines),
    takes: [take('bytes')('lines', new Uint8Array(0))],
  },
  'Vocabulary.of': { call: (words) => library.Vocabulary.of(words), takes: [list('words', ['a'])] },
  'Vocabulary.word': { call: (id) => vocabulary.word(id), takes: [number('id', 0)] },
  'Vocabulary.first': { call: (count) => vocabulary.first(count), takes: [number('count', 1)] },
  'Vocabulary.equals': { call: (other) => vocabulary.equals(other), takes: [one('other', vocabulary)] },
  'new Featurizer': {
    call: (options) => new library.Featurizer(options),
    takes: [fields('options', { ...features, good: own }, one('vocabulary', vocabulary), orNull(one('weights', null)))],
  },
  'Featurizer.encode': { call: (text) => featurizer.encode(text), takes: [take('string', 'bytes')('text', 'text')] },
  'Featurizer.encodeBatch': { call: (all) => featurizer.encodeBatch(all), takes: [texts] },
  'Featurizer.encodeInSlices': {
    call: (all, options) => featurizer.encodeInSlices(all, options),
    takes: [texts, maybe(fields('options', signal, maybe(take('function')('onProgress', () => undefined))))],
  },
  'Featurizer.fromShared': {
    call: (shared) => library.Featurizer.fromShared(shared),
    takes: [
      fields(
        'shared',
        object('options', own),
        fields('vocabulary', take('bytes')('lines', new Uint8Array(0)), one('starts', numbers)),
        orNull(one('weights', null)),
        object('index', {}),
      ),
    ],
  },
  'Featurizer.tokenSpans': { call: (text) => featurizer.tokenSpans(text), takes: [string('text', 'text')] },
  'TextClassifier.open': {
    call: (where, options) => library.TextClassifier.open(where, options),
    takes: [path, maybe(opening)],
  },
  'TextClassifier.create': {
    call: (parts, own) => library.TextClassifier.create(parts, own),
    takes: [
      fields('parts', object('description', {}), one('vocabulary', vocabulary), map('tensors', new Map())),
      orNull(one('adapter', null)),
    ],
  },
  'TextClassifier.fromShared': {
    call: (shared) => library.TextClassifier.fromShared(shared),
    takes: [
      fields(
        'shared',
        object('description', {}),
        object('featurizer', {}),
        object('model', {}),
        list('notes', ['a']),
        list('activeAdapters', ['a']),
        boolean('isMerged', true),
      ),
    ],
  },
  'TextClassifier.predict': { call: (all) => classifier.predict(all), takes: [texts] },
  'TextClassifier.logits': { call: (all) => classifier.logits(all), takes: [texts] },
  'TextClassifier.predictEncoded': {
    call: (all) => classifier.predictEncoded(all),
    takes: [fields('encoded', ...encoded)],
  },
  'TextClassifier.logitsOfEncoded': {
    call: (all) => classifier.logitsOfEncoded(all),
    takes: [fields('encoded', ...encoded)],
  },
  'TextClassifier.logitsOfBags': { call: (all) => classifier.logitsOfBags(all), takes: [one('bags', bags)] },
  'TextClassifier.probabilities': { call: (of) => classifier.probabilities(of), takes: [one('logits', reals)] },
  'TextClassifier.decide': { call: (of) => classifier.decide(of), takes: [one('probabilities', reals)] },
  'TextClassifier.logOdds': { call: (of) => classifier.logOdds(of), takes: [one('logits', reals)] },
  createService: {
    call: library.createService,
    takes: [
      object('classifiers', classifier),
      maybe(
        fields(
          'options',
          maybe(
            fields(
              'limits',
              ...['bodyBytes', 'texts', 'predictedCharacters', 'explainedCharacters', 'waiting'].map((limit) =>
                maybe(number(limit, 5)),
              ),
            ),
          ),
          maybe(string('default', 'model')),
          maybe(boolean('page', true)),
          maybe(take('function')('onFailure', () => undefined)),
        ),
      ),
    ],
  },
  explainText: { call: library.explainText, takes: [aClassifier, string('text', 'text')] },
  topWords: { call: library.topWords, takes: [aClassifier, number('count', 1)] },
  chooseEngine: {
    call: library.chooseEngine,
    takes: [
      string('engine', 'auto'),
      string('device', 'cpu'),
      maybe(fields('options', maybe(boolean('useDora', false)), maybe(list('target', ['fc1'])))),
    ],
  },
  createClassifier: {
    call: library.createClassifier,
    takes: [
      fields(
        'options',
        number('vocabularySize', 5),
        ...['hidden', 'classes', 'rank', 'alpha'].map((key) => maybe(number(key, 1))),
        maybe(list('target', [])),
        maybe(boolean('useRslora', false)),
        ...[
          ['dtype', 'float32'],
          ['device', 'cpu'],
          ['engine', 'auto'],
        ].map(([key = '', value]) => maybe(string(key, value))),
        maybe(one('generator', undefined)),
      ),
    ],
  },
  countParameters: { call: library.countParameters, takes: [aModel] },
  trainableParameters: { call: library.trainableParameters, takes: [aModel] },
  readModule: { call: library.readModule, takes: [aModel] },
  readOutput: { call: library.readOutput, takes: [aModel] },
  loadModule: { call: library.loadModule, takes: [aModel, stored] },
  readTensor: { call: library.readTensor, takes: [one('tensor', model.parameters['fc1.bias'])] },
  'new Snapshot': { call: (all) => new library.Snapshot(all), takes: [list('tensors', [])] },
  readTrainedAdapter: {
    call: library.readTrainedAdapter,
    takes: [aModel, maybe(fields('options', maybe(boolean('useRslora', false))))],
  },
  createBags: {
    call: library.createBags,
    takes: [fields('texts', ...encoded), object('weighting', featurizer)],
  },
  'new AdapterSet': {
    call: (of, options) => new library.AdapterSet(of, options),
    takes: [aModel, maybe(fields('options', orNull(maybe(string('baseSha256', null)))))],
  },
  'AdapterSet.get': { call: (key) => adapters.get(key), takes: [name] },
  'AdapterSet.add': {
    call: adapters.add.bind(adapters),
    takes: [name, one('adapter', adapter)],
  },
  'AdapterSet.load': { call: (key, folder) => adapters.load(key, folder), takes: [name, string('folder', 'nowhere')] },
  'AdapterSet.save': { call: (key, folder) => adapters.save(key, folder), takes: [name, string('folder', 'nowhere')] },
  'AdapterSet.use': {
    call: adapters.use.bind(adapters),
    takes: [string('names[0]', 'name')],
  },
  'AdapterSet.setScale': {
    call: adapters.setScale.bind(adapters),
    takes: [name, number('scale', 1)],
  },
  'AdapterSet.delete': {
    call: adapters.delete.bind(adapters),
    takes: [name],
  },
  'AdapterSet.combine': {
    call: adapters.combine.bind(adapters),
    takes: [
      name,
      fields(
        'options',
        list('adapters', []),
        list('weights', []),
        maybe(string('combination', 'svd')),
        maybe(number('rank', 1)),
      ),
    ],
  },
  'new DataLoader': {
    call: (options) => new library.DataLoader(options),
    takes: [fields('options', one('bags', bags), boolean('shuffle', true), one('generator', new library.Generator(1)))],
  },
  trainModel: {
    call: library.trainModel,
    takes: [fields('options', ...pass, one('valid', loader), maybe(fields('events')))],
  },
  trainEpochs: { call: library.trainEpochs, takes: [fields('options', ...pass), maybe(number('last', 1))] },
  lrFactor: { call: library.lrFactor, takes: [fields('options', ...schedule), number('step', 0), number('steps', 1)] },
  createOptimizer: {
    call: library.createOptimizer,
    takes: [
      fields(
        'options',
        string('optimizer', 'sgd'),
        ...['lr', 'momentum', 'weightDecay'].map((key) => number(key, 0.1)),
        boolean('nesterov', false),
        orNull(list('betas', null)),
        orNull(number('eps', null)),
      ),
    ],
  },
  fitCalibration: {
    call: library.fitCalibration,
    takes: [
      string('kind', 'sigmoid'),
      fields('heldOut', one('logits', reals), one('labels', numbers), number('classes', 2)),
    ],
  },
  scoreProbabilities: {
    call: library.scoreProbabilities,
    takes: [
      fields('of', one('logits', reals), one('labels', numbers), number('classes', 2)),
      orNull(object('calibration', null)),
    ],
  },
  evaluateModel: {
    call: library.evaluateModel,
    takes: [one('classifier', model.classifier), one('bags', bags), evaluation],
  },
  readLogits: { call: library.readLogits, takes: [one('classifier', model.classifier), one('bags', bags)] },
  evaluateLabelled: { call: library.evaluateLabelled, takes: [aClassifier, reviews, evaluation] },
  classificationReport: { call: library.classificationReport, takes: [predictions] },
  mostConfidentMistakes: { call: library.mostConfidentMistakes, takes: [predictions, number('count', 1)] },
  createSplitBags: { call: library.createSplitBags, takes: [one('dataset', dataset)] },
  selectReviews: { call: library.selectReviews, takes: [reviews, one('rows', numbers)] },
  originNames: { call: library.originNames, takes: [origins] },
  starsOf: {
    call: library.starsOf,
    takes: [fields('split', one('labels', numbers), origins), string('location', 'here')],
  },
  describeBadRow: {
    call: library.describeBadRow,
    takes: [fields('row', string('origin', 'a.csv line 1'), string('reason', 'has no text'))],
  },
  ...commandCalls,
  writeReport: { call: library.writeReport, takes: [list('runs', []), maybe(string('file', 'report.html'))] },
  readSafetensors: { call: library.readSafetensors, takes: [path] },
  writeSafetensors: {
    call: library.writeSafetensors,
    takes: [path, map('tensors', new Map()), maybe(object('metadata', {}))],
  },
  readRun: { call: library.readRun, takes: [path, maybe(fields('options', maybe(string('model', 'model'))))] },
  createRunDirectory: {
    call: library.createRunDirectory,
    takes: [fields('options', maybe(string('out', 'nowhere')), string('command', 'train'))],
  },
  'RunDirectory.appendMetrics': { call: (record) => directory.appendMetrics(record), takes: [object('record', {})] },
  'RunDirectory.appendTried': { call: (record) => directory.appendTried(record), takes: [object('record', {})] },
  'RunDirectory.appendScalars': {
    call: (step, scalars) => directory.appendScalars(step, scalars),
    takes: [number('step', 1), list('scalars', [])],
  },
  'RunDirectory.writeConfig': { call: (document) => directory.writeConfig(document), takes: [object('document', {})] },
  'RunDirectory.writeVocabulary': {
    call: (of) => directory.writeVocabulary(of),
    takes: [one('vocabulary', vocabulary)],
  },
  'RunDirectory.writeDescription': { call: (of) => directory.writeDescription(of), takes: [object('description', {})] },
  'RunDirectory.writeModel': {
    call: (key, tensors) => directory.writeModel(key, tensors),
    takes: [name, map('tensors', new Map())],
  },
  'RunDirectory.writeAdapter': {
    call: (own, folder) => directory.writeAdapter(own, folder),
    takes: [one('adapter', adapter), maybe(string('folder', 'adapter'))],
  },
  'RunDirectory.writeRun': { call: (document) => directory.writeRun(document), takes: [object('document', {})] },
};
