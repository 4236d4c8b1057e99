import { join } from 'node:path';
import { tmpdir } from 'node:os';
import * as library from '../../src/index.js';

/** One object of each class of the library, around a model of two features. */
export function emptyModel() {
  const model = library.createClassifier({ vocabularySize: 2, hidden: 2 });
  const vocabulary = library.Vocabulary.of(['<UNK>', 'good']);
  const featurizer = new library.Featurizer({ options: library.notebookFeatures, vocabulary, weights: null });
  const bags = library.createBags(featurizer.encodeBatch(['good']), featurizer);
  const loader = new library.DataLoader({ bags, shuffle: false, generator: new library.Generator(1) });
  const adapter = library.readTrainedAdapter(model);
  // Nothing is written: every call is refused before.
  const directory = new library.RunDirectory(join(tmpdir(), 'imdb-torch-never-made'), []);
  const features = library.notebookFeatures;
  const description = {
    schema: 1,
    classes: ['neg', 'pos'],
    features,
    hidden: 2,
    output: 2,
    calibration: null,
  } as unknown as library.ModelDescription;
  const parts = { description, vocabulary, tensors: library.readModule(model) };
  const classifier = library.TextClassifier.create(parts, null);
  const split = { ids: new Int32Array(0), offsets: new Int32Array(1), counts: null };
  const dataset = { splits: { train: split, valid: split, test: split }, vocabulary, features, weights: null };
  return { model, classifier, vocabulary, featurizer, bags, loader, adapter, directory, dataset };
}
