import { readFileSync } from 'node:fs';
import { ImdbTorchError, TextClassifier } from 'imdb-torch';
import { openRun } from 'imdb-torch/portable/node';
import { load } from 'imdb-torch/portable';
import { readSafetensors } from 'imdb-torch/safetensors';

const classifier = await TextClassifier.open('../run');
const [prediction] = classifier.predict(['A wonderful, brilliant film.']);
console.log(prediction.label);
classifier.dispose();

const portable = await openRun('../run');
console.log(portable.predict(['A wonderful, brilliant film.'])[0].label);

const { tensors } = await readSafetensors('../run/model.safetensors');
console.log([...tensors.keys()].sort().join(' '));

const model = await load(readFileSync('../export/model.bin'));
console.log(model.predict('A wonderful, brilliant film.').label);

try {
  await TextClassifier.open('nowhere');
} catch (error) {
  console.log(error instanceof ImdbTorchError && error.code);
}
