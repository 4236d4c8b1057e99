import {
  Generator,
  LoraLinear,
  type Device,
  type FloatDtype,
  type LoraInitialization,
  type Tensor,
} from '../../model/native.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { drawTerms } from '../tolerances.js';
import { Comparisons } from './comparisons.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';
import { bagsOf, compareGradients, multiHotOf, tensorOf } from './tensors.js';

interface AdapterFacts {
  kind: 'branch' | 'start' | 'svd';
  dtype: FloatDtype;
  inFeatures: number;
  outFeatures: number;
  rank: number;
  alpha: number;
  useRslora: boolean;
  useDora: boolean;
  /** The dropout of the branch's input, whose draw the case keeps. */
  dropout: number;
  initialization: LoraInitialization;
  /** The seed as text: it may be too large for a number. */
  seed: string;
  terms: number;
}

type Reference = ReferenceCase<AdapterFacts>;

const recomputations: Readonly<
  Record<AdapterFacts['kind'], (reference: Reference, device: Device, to: Comparisons) => void>
> = { branch: recomputeBranch, start: recomputeStart, svd: recomputeDecomposition };

/** Recomputes LoRA branches, which Hugging Face PEFT computed and started, and PiSSA's decomposition. */
export function recomputeAdapter(reference: Reference, { device }: NativeBackend): Comparisons {
  const comparisons = new Comparisons();
  recomputations[reference.facts.kind](reference, device, comparisons);
  return comparisons;
}

function recomputeBranch(reference: Reference, device: Device, comparisons: Comparisons): void {
  const { facts } = reference;
  const layer = new LoraLinear({ ...facts, device, generator: new Generator(0), initialization: 'notebook' });
  layer.setTrainable({ base: true, lora: true });
  layer.loraEnabled = true;
  const parameters = parametersOf(layer);
  for (const [role, tensor] of Object.entries(parameters)) {
    tensor.copy_(tensorOf(reference.get(role), device));
  }
  const input = tensorOf(reference.get('input'), device);
  input.requiresGrad = true;
  const outputs = {
    dense: () => layer.forward(input, dropped(reference, 'dense', input)),
    bags: () => forwardBags(layer, reference, device),
  };
  for (const [kind, forward] of Object.entries(outputs)) {
    const output = forward();
    comparisons.tensor(`${kind}.output`, output, reference.get(`${kind}.output`), facts.terms);
    const leaves = kind === 'dense' ? { ...parameters, input } : parameters;
    compareGradients(comparisons, reference, output, leaves, `${kind}.`);
    for (const tensor of Object.values(parameters)) tensor.zeroGrad();
  }
  compareElsewhere(reference, layer, input, comparisons);
  layer.merge({ keepAdapter: true });
  comparisons.tensor('merged', layer.weight, reference.get('merged'), facts.terms);
}

/** Returns the parameters by the reference's names, which are the notebook's: `up` is A and `down` is B. */
function parametersOf({ weight, bias, up: A, down: B, magnitude }: LoraLinear): Record<string, Tensor> {
  return { weight, bias, A, B, ...(magnitude && { magnitude }) };
}

/** Computes a layer on bags; with dropout on rows of ones and zeros, since words that are kept count 1 / (1 - p). */
function forwardBags(layer: LoraLinear, reference: Reference, device: Device): Tensor {
  const { inFeatures, dropout } = reference.facts;
  if (dropout === 0) return layer.forward(bagsOf(reference, inFeatures));
  const rows = tensorOf(multiHotOf(reference, inFeatures), device);
  bagsOf(reference, inFeatures).dispose();
  return layer.forward(rows, dropped(reference, 'bags', rows));
}

/** Returns what dropout leaves of `input` for the branch; all of it without dropout. */
function dropped(reference: Reference, kind: 'dense' | 'bags', input: Tensor): Tensor {
  const { dropout } = reference.facts;
  if (dropout === 0) return input;
  const kept = tensorOf(reference.get(`${kind}.kept`), input.device).to({ dtype: input.dtype });
  return input.mul(kept.div(1 - dropout));
}

/** Checks that a branch that is put into another layer gives the same there. */
function compareElsewhere({ facts }: Reference, layer: LoraLinear, input: Tensor, comparisons: Comparisons): void {
  const { weight, bias, up, down, magnitude, scale } = layer;
  const { dtype, inFeatures, outFeatures } = facts;
  const generator = new Generator(0);
  const { device } = weight;
  const other = new LoraLinear({ inFeatures, outFeatures, rank: 2, alpha: 1, dtype, device, generator });
  other.weight.copy_(weight);
  other.bias.copy_(bias);
  other.setAdapter({ up, down, scale, magnitude });
  other.loraEnabled = true;
  const same = other.forward(input).equal(layer.forward(input));
  comparisons.same('whether another layer gives the same', same, true);
}

function recomputeStart(reference: Reference, device: Device, comparisons: Comparisons): void {
  const { facts } = reference;
  const generator = new Generator(0);
  const layer = new LoraLinear({ ...facts, rank: 2, device, generator, initialization: 'notebook' });
  layer.weight.copy_(tensorOf(reference.get('weight'), device));
  const peft = new Generator(BigInt(facts.seed));
  layer.initializeAdapter({ ...facts, generator: peft });
  const compare = (role: string, actual: Tensor | null, terms: number): void => {
    comparisons.tensor(role, actual, reference.get(role), terms);
  };
  compare('product', layer.up.mm(layer.down), facts.terms);
  compare('residual', layer.weight, facts.terms);
  for (const [role, matrix] of [
    ['A', layer.up],
    ['B', layer.down],
  ] as const) {
    // A pair of singular vectors may point the other way.
    if (facts.initialization !== 'pissa') compare(role, matrix, drawTerms);
    else comparisons.tensor(`|${role}|`, matrix.abs(), absolute(reference.get(role)), facts.terms);
  }
  if (facts.useDora) compare('magnitude', layer.magnitude, facts.terms);
  else comparisons.same('whether there are magnitudes', layer.magnitude !== null, false);
  comparisons.values('next', [peft.randomInt64()], reference.get('next'), 0);
}

function absolute({ dtype, shape, data }: StoredTensor): StoredTensor {
  return { dtype, shape, data: Float32Array.from(Array.from(data, Number), Math.abs) };
}

function recomputeDecomposition(reference: Reference, device: Device, comparisons: Comparisons): void {
  const { terms } = reference.facts;
  const matrix = reference.get('matrix');
  const { U, S, Vh } = tensorOf(matrix, device).svd();
  comparisons.tensor('S', S, reference.get('S'), terms);
  comparisons.tensor('U S Vh', U.mul(S).mm(Vh), matrix, terms);
  const size = S.size;
  const identity = Float64Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
  const expected: StoredTensor = { dtype: 'float64', shape: [size, size], data: identity };
  comparisons.tensor('U^T U', U.t().mm(U), expected, terms);
  comparisons.tensor('Vh Vh^T', Vh.mm(Vh.t()), expected, terms);
}
