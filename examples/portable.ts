/** Classifies a text without libtorch, with a model that `npx imdb-torch export runs/demo` has written. */
import { readFile } from 'node:fs/promises';
import { load } from 'imdb-torch/portable'; // or './classifier.js', which needs no package; in a browser with the model's URL

const model = await load(await readFile('runs/demo/export-web/model.bin'));
const { label, probability } = model.predict('Not bad at all.');
console.log(`${label} ${(100 * probability).toFixed(1)} %`);
for (const { word, spans, effects } of model.explain('Not bad at all.').words) console.log(word, spans, effects);
const { ids, counts } = model.encode('Not bad at all.'); // the input of the layers, of an ONNX graph for example
console.log(ids, counts);
