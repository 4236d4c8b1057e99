/** Says what a run takes on the disk, tensor by tensor: node model_size.js runs/demo */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from 'imdb-torch/safetensors';

const [run = 'runs/demo'] = process.argv.slice(2);
const { tensors } = await readSafetensors(join(run, 'model.safetensors'));
for (const [name, { shape }] of tensors) {
  const numbers = shape.reduce((product, size) => product * size, 1);
  console.log(`${name} [${shape.join(', ')}]: ${numbers} numbers`);
}
for (const file of ['model.safetensors', 'vocabulary.txt']) {
  const { size } = await stat(join(run, file));
  console.log(`${file}: ${(size / 1e6).toFixed(1)} MB`);
}
