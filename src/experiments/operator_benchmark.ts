import { setImmediate } from 'node:timers/promises';
import { Generator, Tensor } from '../model/native.js';

interface OperatorTiming {
  operator: string;
  /** Microseconds a call, over the rounds. */
  median: number;
  lowerQuartile: number;
  upperQuartile: number;
}

interface OperatorComparison {
  left: readonly [number, number];
  right: readonly [number, number];
  rounds: number;
  callsPerRound: number;
  timings: OperatorTiming[];
  /** The operators that are not slower than the quickest by more than the noise: all of them when they tie. */
  fastest: string[];
}

interface OperatorOptions {
  seed: number;
  rounds?: number;
  callsPerRound?: number;
  signal?: AbortSignal | undefined;
}

const left = [200, 1] as const;
const right = [1, 3000] as const;

/** `@` is how Python spells matmul: two rows of one operator, whose difference shows how large the noise is. */
const operators: readonly { name: string; call(a: Tensor, b: Tensor): Tensor }[] = [
  { name: 'matmul', call: (a, b) => a.matmul(b) },
  { name: 'mm', call: (a, b) => a.mm(b) },
  { name: '@', call: (a, b) => a.matmul(b) },
];

/**
 * The notebook's question which of matmul, mm and `@` multiplies `[200, 1] x [1, 3000]` fastest. The operators take
 * turns, each round in another order, so that what else the machine does hits all of them.
 */
export async function compareOperators(options: OperatorOptions): Promise<OperatorComparison> {
  const { seed, rounds = 60, callsPerRound = 10, signal } = options;
  const generator = new Generator(seed);
  const a = Tensor.randn(left, { generator });
  const b = Tensor.randn(right, { generator });
  try {
    const samples = operators.map((): number[] => []);
    const warmUpRounds = 3;
    for (let round = -warmUpRounds; round < rounds; round++) {
      for (let turn = 0; turn < operators.length; turn++) {
        const index = (turn + round + warmUpRounds) % operators.length;
        const microseconds = timeCalls(index, a, b, callsPerRound);
        if (round >= 0) samples[index]?.push(microseconds);
      }
      await setImmediate();
      signal?.throwIfAborted();
    }
    const timings = operators.map(({ name }, index) => summarise(name, samples[index] ?? []));
    return { left, right, rounds, callsPerRound, timings, fastest: fastestOf(timings) };
  } finally {
    for (const part of [a, b, generator]) part.dispose();
  }
}

/** Microseconds a call. */
function timeCalls(index: number, a: Tensor, b: Tensor, calls: number): number {
  const operator = operators[index];
  const begun = performance.now();
  for (let call = 0; call < calls; call++) operator?.call(a, b).dispose();
  return ((performance.now() - begun) * 1000) / calls;
}

function summarise(operator: string, samples: number[]): OperatorTiming {
  const sorted = samples.toSorted((x, y) => x - y);
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return {
    operator,
    median: quantile(0.5),
    lowerQuartile: quantile(0.25),
    upperQuartile: quantile(0.75),
  };
}

/** Medians closer than the quickest operator's interquartile range are a tie. */
export function fastestOf(timings: readonly OperatorTiming[]): string[] {
  const best = timings.toSorted((x, y) => x.median - y.median)[0];
  if (best === undefined) return [];
  const limit = best.median + (best.upperQuartile - best.lowerQuartile);
  return timings.filter(({ median }) => median <= limit).map(({ operator }) => operator);
}
