/** What must and what must not compile for users of the package. Checked by tsc against the built types; never run. */
import {
  ImdbTorchError,
  Linear,
  LoraLinear,
  Sgd,
  Tensor,
  createClassifier,
  crossEntropy,
  loadDataset,
  lora,
  saveRun,
  train,
  trainModel,
  type Bags,
  type Classifier,
  type DataLoader,
  type Dtype,
  type ErrorCode,
  type Generator,
  type EpochResult,
  type TrainingResult,
} from 'imdb-torch';

declare const generator: Generator;
declare const tensor: Tensor;
declare const bags: Bags;
declare const layer: LoraLinear;
declare const output: Linear;
declare const classifier: Classifier;
declare const loader: DataLoader;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the type of the value is exactly `Expected`. */
function expectType<Expected>() {
  return <Actual>(value: Actual, ...same: Same<Actual, Expected> extends true ? [] : [never]): unknown => [value, same];
}

/** A row as a program declares it, which has no index signature. */
interface Ticket {
  readonly text: string;
  readonly label: string;
}

export async function rows(tickets: readonly Ticket[], cursor: AsyncIterable<Ticket>): Promise<void> {
  await loadDataset({ rows: tickets });
  await loadDataset({ rows: { train: cursor, test: new Set(tickets) } });
  // @ts-expect-error texts alone have no labels
  await loadDataset({ rows: ['text'] });
}

export function tensors(): void {
  expectType<Tensor>()(Tensor.from(Float32Array.of(1, 2), [2]).add(1).matmul(tensor).relu());
  expectType<Tensor>()(Tensor.zeros([2, 3], { dtype: 'int64', device: 'cuda:1' }));
  expectType<Tensor | null>()(tensor.grad);
  expectType<Dtype>()(tensor.dtype);
  expectType<Float32Array | Float64Array | BigInt64Array>()(tensor.toTypedArray());
  // @ts-expect-error A tensor is made by its static functions.
  new Tensor();
  // @ts-expect-error Numbers come in a typed array, which says their type.
  Tensor.from([1, 2], [2]);
  // @ts-expect-error No tensor has this element type.
  Tensor.from(Int32Array.of(1, 2), [2]);
  // @ts-expect-error The shape is a list of sizes.
  Tensor.zeros(2, 3);
  // @ts-expect-error Random numbers come from a generator that is given.
  Tensor.randn([2]);
  // @ts-expect-error There is no such type.
  Tensor.zeros([2], { dtype: 'float16' });
  // @ts-expect-error A matrix product is of tensors.
  tensor.mm(2);
  // @ts-expect-error The shape of a tensor does not change.
  tensor.shape = [1];
}

export function layers(): void {
  using lora = new LoraLinear({ inFeatures: 4, outFeatures: 3, rank: 2, alpha: 8, generator });
  expectType<Tensor>()(lora.forward(bags));
  expectType<Tensor>()(lora.up);
  lora.merge({ generator });
  lora.merge({ keepAdapter: true });
  // @ts-expect-error Merging draws a new `up` unless the adapter is kept.
  lora.merge({});
  // @ts-expect-error A layer needs its sizes.
  new Linear({ inFeatures: 4, generator });
  // @ts-expect-error Layers compute in floats.
  new Linear({ inFeatures: 4, outFeatures: 3, dtype: 'int64', generator });
  // @ts-expect-error A plain linear layer takes no bags.
  output.forward(bags);
  // @ts-expect-error Both parts are said.
  layer.setTrainable({ lora: true });
  // @ts-expect-error One layer is no other.
  expectType<Linear>()(tensor);
}

export function optimizers(): void {
  const optimizer = new Sgd([output.weight, output.bias], { lr: 0.1 });
  optimizer.lr /= 2;
  // @ts-expect-error The learning rate has no default.
  new Sgd([output.weight]);
  // @ts-expect-error An optimizer updates tensors, not layers.
  new Sgd([output], { lr: 0.1 });
  expectType<Tensor>()(crossEntropy(tensor, Int32Array.of(0, 1), 'logits'));
  // @ts-expect-error There are two forms of the loss.
  crossEntropy(tensor, Int32Array.of(0), 'mean');
  expectType<Float64Array>()(
    classifier.trainBatches(bags, Int32Array.of(0), { batchSize: 1, optimizer, loss: 'softmax' }),
  );
  // @ts-expect-error Rows are numbered in 32 bits.
  classifier.forward(bags, [0, 1]);
}

export async function training(): Promise<void> {
  const model = createClassifier({ vocabularySize: 100, generator });
  // @ts-expect-error A linear model has no output layer.
  model.output.forward(tensor);
  const optimizer = new Sgd([model.hidden.weight], { lr: 0.1 });
  const options = { classifier, optimizer, train: loader, valid: loader, batch: 8, epochs: 1 } as const;
  const result = await trainModel({
    ...options,
    loss: 'logits',
    signal: AbortSignal.timeout(1000),
    events: {
      onEpoch: async ({ epoch, valid }) => {
        expectType<number>()(epoch);
        expectType<EpochResult['valid']>()(valid);
        expectType<number>()(valid.loss);
        await Promise.resolve();
      },
    },
  });
  expectType<TrainingResult>()(result);
  // @ts-expect-error The loss has no default.
  await trainModel(options);
  // @ts-expect-error There is no such event.
  await trainModel({ ...options, loss: 'logits', events: { onBatch: () => undefined } });
  // @ts-expect-error A training is waited for.
  const notAwaited: TrainingResult = trainModel({ ...options, loss: 'logits' });
  expectType<TrainingResult>()(notAwaited);
  // @ts-expect-error There is no such engine.
  createClassifier({ vocabularySize: 100, generator, engine: 'numpy' });
}

export async function commands(): Promise<void> {
  const dataset = await loadDataset({ rows: [{ text: 'good', label: 'pos' }], tokenizer: (text) => text.split(' ') });
  const result = await train(dataset, { preset: 'fast', epochs: 2, events: { onMetrics: () => Promise.resolve() } });
  expectType<null>()(result.run);
  const saved = await saveRun('run', result);
  expectType<string>()(saved.run);
  const tuned = await lora('run', dataset, { rank: 2, merge: true });
  expectType<number>()((await saveRun('lora', tuned)).lora.test.accuracy);
  // @ts-expect-error Fine-tuning has a rank, full training has none.
  await train(dataset, { rank: 2 });
  // @ts-expect-error Full training has epochs of its own.
  await lora('run', dataset, { epochs: 2 });
  // @ts-expect-error The reviews were split when they were loaded.
  await train(dataset, { seed: 2 });
  // @ts-expect-error There is no such preset.
  await train(dataset, { preset: 'slow' });
}

export function errors(error: unknown): ErrorCode | null {
  // @ts-expect-error There is no such code.
  new ImdbTorchError('ERR_WHATEVER', 'message');
  return error instanceof ImdbTorchError ? error.code : null;
}
