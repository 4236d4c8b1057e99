const { ImdbTorchError, TextClassifier } = require('imdb-torch');
const { readFileSync } = require('node:fs');
const { load } = require('imdb-torch/portable');
const { openRun } = require('imdb-torch/portable/node');
const { readSafetensors } = require('imdb-torch/safetensors');

async function main() {
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
}

void main();
