/** A training loop as in PyTorch: a linear layer learns which of two numbers is larger. */
import { Generator, Linear, Sgd, Tensor, crossEntropy } from 'imdb-torch';

const generator = new Generator(123);
const inputs = Tensor.randn([256, 2], { generator });
const labels = Int32Array.from(inputs.argmax(1).toTypedArray(), Number);

const model = new Linear({ inFeatures: 2, outFeatures: 2, generator });
const optimizer = new Sgd([model.weight, model.bias], { lr: 0.5 });

for (let epoch = 1; epoch <= 100; epoch++) {
  optimizer.zeroGrad();
  using logits = model.forward(inputs);
  using loss = crossEntropy(logits, labels, 'logits');
  loss.backward();
  optimizer.step();
  if (epoch % 25 === 0) console.log(`Epoch ${epoch}: loss ${loss.item().toFixed(4)}`);
}
