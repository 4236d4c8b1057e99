/** Linear and LoraLinear, against what PyTorch has computed, see scripts/make_reference.py. */
import { describe, expect, test } from '@jest/globals';
import type { Bags, FloatDtype, Tensor } from '../../binding.js';
import { native } from '../../src/binding.js';
import { tensorOf } from './support/models.js';
import { backward, expectGradient, readBags, referenceCases } from './support/reference.js';
import { expectClose } from './support/tolerance.js';

interface LayerFacts {
  layer: 'Linear' | 'LoraLinear';
  dtype: FloatDtype;
  inFeatures: number;
  outFeatures: number;
  rank: number;
  alpha: number;
  enabled: boolean;
  input: 'dense' | 'bags';
  terms: number;
}

const layerCases = await referenceCases<LayerFacts>('layers');

describe('a layer', () => {
  test.each(layerCases)('when %s runs then value and gradients are those of PyTorch', (_, reference) => {
    const { facts } = reference;
    const generator = new native.Generator(0);
    const layer = new native[facts.layer]({ ...facts, generator });
    const lora = 'A' in layer;
    if (lora) {
      layer.loraEnabled = facts.enabled;
      layer.setTrainable({ base: true, lora: facts.enabled });
    }
    const parameters: Record<string, Tensor> = { weight: layer.weight, bias: layer.bias };
    if (lora) Object.assign(parameters, { A: layer.A, B: layer.B });
    for (const [name, tensor] of Object.entries(parameters)) tensor.copy_(tensorOf(reference.get(name)));

    const input =
      facts.input === 'bags' ? readBags(reference, facts.inFeatures) : tensorOf(reference.get('input'));
    if ('requiresGrad' in input) input.requiresGrad = true;
    const output = (layer.forward as (input: Tensor | Bags) => Tensor).call(layer, input);
    expectClose(output, reference.get('output'), facts.terms);
    backward(output, reference);
    for (const [name, tensor] of Object.entries(parameters)) {
      if (reference.has(`gradient.${name}`)) expectGradient(tensor, reference, `gradient.${name}`);
      else expect(tensor.grad).toBeNull();
    }
    if ('requiresGrad' in input) expectGradient(input, reference, 'gradient.input');
    if (lora && reference.has('delta')) expectClose(layer.deltaWeight(), reference.get('delta'), facts.rank);
  });
});
