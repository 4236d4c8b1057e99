/** Fine-tunes a layer of one's own with LoRA: the layer stays as it is, a branch of rank 2 learns what is new. */
import { Generator, Linear, LoraLinear, Sgd, Tensor, crossEntropy } from 'imdb-torch';

const generator = new Generator(123);
const own = new Linear({ inFeatures: 16, outFeatures: 4, generator });
const inputs = Tensor.randn([64, 16], { generator });
const labels = Int32Array.from({ length: 64 }, (_, row) => row % 4);

const layer = new LoraLinear({ inFeatures: 16, outFeatures: 4, rank: 2, alpha: 4, generator });
layer.weight.copy_(own.weight);
layer.bias.copy_(own.bias);
layer.loraEnabled = true;
layer.setTrainable({ base: false, lora: true });

const optimizer = new Sgd([layer.up, layer.down], { lr: 0.1 });
for (let step = 1; step <= 300; step++) {
  optimizer.zeroGrad();
  using logits = layer.forward(inputs);
  using loss = crossEntropy(logits, labels, 'logits');
  loss.backward();
  optimizer.step();
  if (step % 100 === 0) console.log(`Step ${step}: loss ${loss.item().toFixed(4)}`);
}
console.log(`The weight is what it was: ${layer.weight.equal(own.weight)}`);
