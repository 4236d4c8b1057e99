/** A way to learn a second task. Each trains an output layer of its own. */
export interface Method {
  /** In names of files. */
  readonly key: string;
  readonly title: string;
  /** Which hidden layer it starts with: that of the base, or a new one. */
  readonly start: 'base' | 'new';
  /** Whether it trains the weights of the hidden layer. */
  readonly trainsHidden: boolean;
  /** Of the LoRA branch that it trains on the hidden layer; null: there is none. */
  readonly rank: number | null;
}

const onBase = { start: 'base', trainsHidden: false, rank: null } as const;

export const methods: readonly Method[] = [
  { ...onBase, key: 'output-layer', title: 'output layer' },
  ...[1, 4, 8].map((rank) => ({ ...onBase, key: `lora-r${rank}`, title: `LoRA, rank ${rank}`, rank })),
  { ...onBase, key: 'full', title: 'full fine-tuning', trainsHidden: true },
  { key: 'scratch', title: 'from scratch', start: 'new', trainsHidden: true, rank: null },
];

export const largestRank = Math.max(...methods.map(({ rank }) => rank ?? 0));

/** What is chosen for each method by its accuracy on validation. */
export interface Settings {
  learningRate: number;
  epochs: number;
}

/** The same for every method. */
export const grid = { learningRates: [3e-4, 1e-3, 3e-3, 1e-2], epochs: [1, 2, 4, 8] } as const;

/** All settings, the shortest trainings first. */
export function allSettings(): Settings[] {
  return grid.epochs.flatMap((epochs) =>
    grid.learningRates.map((learningRate) => ({ learningRate, epochs })),
  );
}

/** Whether there may be better settings beyond the grid: no training has fewer epochs than one. */
export function isAtGridEnd({ learningRate, epochs }: Settings): boolean {
  const { learningRates } = grid;
  const [slowest, fastest] = [Math.min(...learningRates), Math.max(...learningRates)];
  return learningRate === slowest || learningRate === fastest || epochs === Math.max(...grid.epochs);
}
