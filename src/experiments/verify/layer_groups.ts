import { Generator, Linear, LoraLinear, type Bags, type FloatDtype, type Tensor } from '../../model/native.js';
import { Comparisons } from './comparisons.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';
import { bagsOf, compareGradients, multiHotOf, tensorOf } from './tensors.js';

interface LinearFacts {
  layer: 'Linear';
  dtype: FloatDtype;
  inFeatures: number;
  outFeatures: number;
  terms: number;
}

interface LoraFacts extends Omit<LinearFacts, 'layer'> {
  layer: 'LoraLinear';
  rank: number;
  alpha: number;
  scale: number;
  enabled: boolean;
}

type LayerFacts = LinearFacts | LoraFacts;

/** Recomputes outputs and gradients of a layer on a dense input and on bags of words, and LoRA's merge. */
export function recomputeLayer(reference: ReferenceCase<LayerFacts>, backend: NativeBackend): Comparisons {
  const { facts } = reference;
  const comparisons = new Comparisons();
  if (facts.layer === 'Linear') recomputeLinear(reference as ReferenceCase<LinearFacts>, backend, comparisons);
  else recomputeLora(reference as ReferenceCase<LoraFacts>, backend, comparisons);
  return comparisons;
}

function recomputeLinear(
  reference: ReferenceCase<LinearFacts>,
  { device }: NativeBackend,
  comparisons: Comparisons,
): void {
  const layer = new Linear({ ...reference.facts, device, generator: new Generator(0) });
  const parameters = { weight: layer.weight, bias: layer.bias };
  const bags = multiHotOf(reference, reference.facts.inFeatures);
  passThrough(reference, parameters, comparisons, {
    dense: (input) => layer.forward(input),
    bags: () => layer.forward(tensorOf(bags, device)),
  });
}

function recomputeLora(reference: ReferenceCase<LoraFacts>, { device }: NativeBackend, comparisons: Comparisons): void {
  const { facts } = reference;
  const layer = new LoraLinear({ ...facts, device, generator: new Generator(0) });
  layer.scale = facts.scale;
  layer.loraEnabled = facts.enabled;
  layer.setTrainable({ base: true, lora: facts.enabled });
  const parameters = { weight: layer.weight, bias: layer.bias, A: layer.up, B: layer.down };
  const bags = bagsOf(reference, facts.inFeatures);
  passThrough(reference, parameters, comparisons, {
    dense: (input) => layer.forward(input),
    bags: () => layer.forward(bags),
  });
  comparisons.tensor('scale * A B', layer.deltaWeight(), reference.get('delta'), facts.rank);
  if (facts.enabled) compareMerged(reference, layer, bags, comparisons);
}

/** Fills the parameters and compares outputs and gradients of both kinds of input. */
function passThrough(
  reference: ReferenceCase<{ terms: number }>,
  parameters: Readonly<Record<string, Tensor>>,
  comparisons: Comparisons,
  forward: { dense(input: Tensor): Tensor; bags(): Tensor },
): void {
  const device = Object.values(parameters)[0]?.device ?? 'cpu';
  for (const [name, tensor] of Object.entries(parameters)) tensor.copy_(tensorOf(reference.get(name), device));
  const input = tensorOf(reference.get('input'), device);
  input.requiresGrad = true;
  const { terms } = reference.facts;
  const dense = forward.dense(input);
  comparisons.tensor('dense.output', dense, reference.get('dense.output'), terms);
  compareGradients(comparisons, reference, dense, { ...parameters, input }, 'dense.');
  for (const tensor of Object.values(parameters)) tensor.zeroGrad();
  const bags = forward.bags();
  comparisons.tensor('bags.output', bags, reference.get('bags.output'), terms);
  compareGradients(comparisons, reference, bags, parameters, 'bags.');
}

/** Checks that the merged layer gives, with its branch off, what the branch gave. */
function compareMerged(
  reference: ReferenceCase<LoraFacts>,
  layer: LoraLinear,
  bags: Bags,
  comparisons: Comparisons,
): void {
  const { rank, terms } = reference.facts;
  layer.merge({ keepAdapter: true });
  comparisons.same('whether the branch is off after the merge', layer.loraEnabled, false);
  comparisons.tensor('merged weight', layer.weight, reference.get('merged'), rank + 1);
  comparisons.tensor('merged output', layer.forward(bags), reference.get('bags.output'), terms);
}
