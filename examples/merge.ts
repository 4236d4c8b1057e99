/** Merges a LoRA branch into its layer: the same outputs at the cost of a plain linear layer. */
import { Generator, LoraLinear, Tensor, readTensor, writeSafetensors } from 'imdb-torch';

const generator = new Generator(123);
const layer = new LoraLinear({ inFeatures: 16, outFeatures: 4, rank: 2, alpha: 4, generator });
layer.down.copy_(Tensor.randn([2, 16], { generator })); // as if it had been trained
layer.loraEnabled = true;

const inputs = Tensor.randn([64, 16], { generator });
const before = layer.forward(inputs);
layer.merge({ generator }); // the branch is off now, and new
const difference = before.sub(layer.forward(inputs)).abs().max().item();
console.log(`The outputs moved by no more than rounding: ${difference < 1e-4}`);

const merged = { weight: readTensor(layer.weight), bias: readTensor(layer.bias) };
await writeSafetensors('merged.safetensors', new Map(Object.entries(merged)));
