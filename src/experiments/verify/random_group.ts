import { PythonRandom } from '../../data/numbers/python_random.js';
import { Bags, Generator, Linear, LoraLinear, Tensor } from '../../model/native.js';
import { DataLoader } from '../../training/data_loader.js';
import { drawTerms } from '../tolerances.js';
import { Comparisons } from './comparisons.js';
import type { ReferenceCase } from './reference_cases.js';

interface RandomFacts {
  kind: 'initial' | 'draws' | 'loader' | 'shuffle';
  /** The seed as text: it may be too large for a number. */
  seed: string;
  inFeatures: number;
  outFeatures: number;
  rank: number;
  length: number;
}

type Reference = ReferenceCase<RandomFacts>;

const recomputations: Readonly<Record<RandomFacts['kind'], (reference: Reference, to: Comparisons) => void>> = {
  initial: recomputeInitial,
  draws: recomputeDraws,
  loader: recomputeLoader,
  shuffle: recomputeShuffle,
};

/** Recomputes initial parameters, draws and orders, which are drawn on the CPU, whatever computes with them. */
export function recomputeRandom(reference: Reference): Comparisons {
  const comparisons = new Comparisons();
  recomputations[reference.facts.kind](reference, comparisons);
  return comparisons;
}

function recomputeInitial(reference: Reference, comparisons: Comparisons): void {
  const { seed, inFeatures, outFeatures, rank } = reference.facts;
  const generator = new Generator(BigInt(seed));
  const hidden = new LoraLinear({ inFeatures, outFeatures, rank, alpha: 1, generator });
  const output = new Linear({ inFeatures: outFeatures, outFeatures: 2, generator });
  comparisons.tensor('weight', hidden.weight, reference.get('weight'), drawTerms);
  comparisons.tensor('A', hidden.up, reference.get('A'), drawTerms);
  comparisons.values('bias', hidden.bias.toTypedArray(), reference.get('bias'), 0);
  comparisons.values('B', hidden.down.toTypedArray(), reference.get('B'), 0);
  // Uniform numbers are integers times a power of 2: the same on every processor.
  comparisons.values('outputWeight', output.weight.toTypedArray(), reference.get('outputWeight'), 0);
  comparisons.values('outputBias', output.bias.toTypedArray(), reference.get('outputBias'), 0);
  comparisons.values('next', [generator.randomInt64()], reference.get('next'), 0);
  hidden.merge({ generator });
  comparisons.tensor('mergedA', hidden.up, reference.get('mergedA'), drawTerms);
}

function recomputeDraws(reference: Reference, comparisons: Comparisons): void {
  const generator = new Generator(BigInt(reference.facts.seed));
  const exact = (role: string, values: ArrayLike<number | bigint>): void => {
    comparisons.values(role, values, reference.get(role), 0);
  };
  const { length } = reference.get('integers').data;
  exact(
    'integers',
    Array.from({ length }, () => generator.randomInt64()),
  );
  for (const n of [0, 1, 15, 16, 17, 100]) exact(`randperm${n}`, generator.randperm(n));
  for (const n of [5, 15, 16, 40]) {
    comparisons.tensor(`randn${n}`, Tensor.randn([n], { generator }), reference.get(`randn${n}`), drawTerms);
  }
  exact('last', [generator.randomInt64()]);
}

function recomputeLoader(reference: Reference, comparisons: Comparisons): void {
  const { seed, length } = reference.facts;
  const generator = new Generator(BigInt(seed));
  const ids = new Int32Array(0);
  const bags = new Bags({
    ids,
    offsets: new Int32Array(length + 1),
    labels: new Int32Array(length),
    vocabularySize: 1,
  });
  for (const [pass, shuffle] of [true, false, true].entries()) {
    const order = new DataLoader({ bags, shuffle, generator }).nextOrder();
    comparisons.values(`order${pass}`, order, reference.get(`order${pass}`), 0);
  }
  comparisons.values('last', [generator.randomInt64()], reference.get('last'), 0);
}

function recomputeShuffle(reference: Reference, comparisons: Comparisons): void {
  const { seed, length } = reference.facts;
  const order = Int32Array.from({ length }, (_, index) => index);
  new PythonRandom(Number(seed)).shuffle(order);
  comparisons.values('order', order, reference.get('order'), 0);
}
