/**
 * What LoRA is for: a model that has learned one task learns a second one beside it, and still does the first.
 *
 *     npm run example -- second_task [DATA] [--labelled 5000] [--valid 2000] [--seeds 3] [--out FOLDER] [--quick]
 *
 * The base tells positive IMDb reviews from negative ones. The second task is whether an opinion is strong or mild,
 * which the stars in the file names of other reviews say. Six methods learn it: an output layer alone on the frozen
 * base, LoRA branches of three ranks, full fine-tuning of the base, and training from scratch. DATA is the archive or
 * the folder of the IMDb reviews; by default IMDB_TORCH_DATA names it, or the archive is fetched.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  countParameters,
  createBags,
  createClassifier,
  createRunDirectory,
  DataLoader,
  evaluateModel,
  Generator,
  loadDataset,
  readLogits,
  readModule,
  readOutput,
  readTrainedAdapter,
  selectReviews,
  Snapshot,
  SparseAdam,
  starsOf,
  trainableParameters,
  trainEpochs,
  trainPresets,
  type Bags,
  type ClassifierModel,
  type EncodedSplit,
  type Reviews,
} from 'imdb-torch';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    labelled: { type: 'string', default: '5000' }, // training reviews that the second task is learned from
    valid: { type: 'string', default: '2000' }, // reviews of other movies, to choose settings on
    seeds: { type: 'string', default: '3' }, // models of each method
    out: { type: 'string' }, // a new folder for the models; by default runs/<time>-second-task
    quick: { type: 'boolean', default: false }, // a small model and few settings: see that all works
  },
});
const [data = process.env.IMDB_TORCH_DATA ?? 'imdb'] = positionals;
const firstSeed = 123;
const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => firstSeed + index);

// The base learns from some of the training reviews, the second task from others; settings are chosen on a third part.

const dataset = await loadDataset({
  data,
  seed: firstSeed,
  vocab: 20_000,
  valid: Number(flags.valid),
  split: 'auto', // by movie, where the data names movies
});
const { train, valid, test } = dataset.splits;
const rows = Int32Array.from(train.labels.keys());
const baseCount = rows.length - Number(flags.labelled);
if (!(baseCount > 0)) throw new RangeError(`Expected --labelled to be below ${rows.length}.`);

const strengths = ['mild', 'strong'];

/** Labels reviews with the strength of their opinion in place of their sentiment. */
function byStrength(split: EncodedSplit): Reviews {
  const stars = starsOf(split, dataset.source.location);
  return { ...split, labels: stars.map((count) => Number(count <= 2 || count >= 9)) };
}

/** Copies reviews to the native side. */
function bagsOf(reviews: Reviews): Bags {
  return createBags(reviews, { ...dataset, options: dataset.features });
}

const sentiment = { train: bagsOf(selectReviews(train, rows.subarray(0, baseCount))), test: bagsOf(test) };
const strength = {
  train: bagsOf(selectReviews(byStrength(train), rows.subarray(baseCount))),
  valid: bagsOf(byStrength(valid)),
  test: bagsOf(byStrength(test)),
};

// The base and all models of the second task are trained in one way.

interface Settings {
  lr: number;
  epochs: number;
}

/** Trains the parameters that require a gradient with row-sparse Adam and a learning rate that falls to 0. */
async function fit(
  model: ClassifierModel,
  bags: Bags,
  { lr, epochs, batch, seed }: Settings & { batch: number; seed: number },
): Promise<void> {
  using generator = new Generator(seed);
  using optimizer = new SparseAdam(trainableParameters(model), { lr });
  const { classifier } = model;
  const loader = new DataLoader({ bags, shuffle: true, generator });
  const steps = { ...trainPresets.fixed, schedule: 'linear' } as const;
  await trainEpochs({ classifier, optimizer, train: loader, batch, epochs, loss: 'logits', steps });
}

async function accuracyOf({ classifier }: ClassifierModel, bags: Bags): Promise<number> {
  return (await evaluateModel(classifier, bags, { loss: 'logits' })).accuracy;
}

const size = { vocabularySize: dataset.vocabulary.size, hidden: flags.quick ? 8 : 200 };
const base = createClassifier({ ...size, generator: new Generator(firstSeed) });
await fit(base, sentiment.train, { ...trainPresets.fixed, seed: firstSeed });
const baseLogits = readLogits(base.classifier, sentiment.test);

/** Gives a layer of a model the weights of the base. */
function copyFromBase(model: ClassifierModel, layer: 'fc1' | 'fc2'): void {
  for (const name of [`${layer}.weight`, `${layer}.bias`] as const) {
    const source = base.parameters[name];
    if (source !== undefined) model.parameters[name]?.copy_(source);
  }
}

// The methods are tried one after the other. Each has an output layer of its own.

interface Method {
  name: string;
  /** Whether the hidden layer is that of the base at first, rather than a new one. */
  fromBase: boolean;
  /** Whether the weights of the hidden layer are trained. */
  trainsHidden: boolean;
  /** The rank of the LoRA branch on the hidden layer; 0: it has none. */
  rank: number;
}

const methods: Method[] = [
  { name: 'output-layer', fromBase: true, trainsHidden: false, rank: 0 },
  ...[1, 4, 8].map((rank) => ({ name: `lora-r${rank}`, fromBase: true, trainsHidden: false, rank })),
  { name: 'full', fromBase: true, trainsHidden: true, rank: 0 },
  { name: 'scratch', fromBase: false, trainsHidden: true, rank: 0 },
];

const grid = (flags.quick ? [1, 4] : [1, 2, 4, 8]).flatMap((epochs) =>
  (flags.quick ? [1e-2] : [3e-4, 1e-3, 3e-3, 1e-2]).map((lr): Settings => ({ lr, epochs })),
);

/** A model that learns the second task by a method, as often as asked from the same start. */
interface Learner {
  seed: number;
  model: ClassifierModel;
  start: Snapshot;
}

function createLearner({ fromBase, trainsHidden, rank }: Method, seed: number): Learner {
  using generator = new Generator(seed);
  const branch = { rank: Math.max(rank, 1), alpha: Math.max(rank, 1) };
  const model = createClassifier({ ...size, ...branch, generator });
  if (fromBase) copyFromBase(model, 'fc1');
  model.hidden.loraEnabled = rank > 0;
  model.hidden.setTrainable({ base: trainsHidden, lora: rank > 0 });
  return { seed, model, start: new Snapshot(trainableParameters(model)) };
}

/** Learns the second task from the start. @returns the seconds that it took */
async function learn({ seed, model, start }: Learner, settings: Settings): Promise<number> {
  start.restore();
  const begun = performance.now();
  await fit(model, strength.train, { ...settings, batch: 64, seed });
  return (performance.now() - begun) / 1000;
}

interface Outcome {
  settings: Settings;
  /** The accuracy on the test reviews for each seed. */
  accuracies: number[];
  /** The mean time of a training with these settings. */
  seconds: number;
}

/** Learns with all settings, and once more with those that are best on movies that nobody has seen. */
async function learnWithBest(learners: readonly Learner[]): Promise<Outcome> {
  let best = { settings: { lr: NaN, epochs: NaN }, accuracy: -Infinity };
  for (const settings of grid) {
    const accuracies: number[] = [];
    for (const learner of learners) {
      await learn(learner, settings);
      accuracies.push(await accuracyOf(learner.model, strength.valid));
    }
    const { mean: accuracy } = summarize(accuracies);
    if (accuracy > best.accuracy) best = { settings, accuracy };
  }
  const { settings } = best;
  const [accuracies, seconds]: [number[], number[]] = [[], []];
  for (const learner of learners) {
    seconds.push(await learn(learner, settings));
    accuracies.push(await accuracyOf(learner.model, strength.test));
  }
  return { settings, accuracies, seconds: summarize(seconds).mean };
}

function summarize(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

// The base is kept as a run, and beside it what each method has trained.

/** Writes what a method has trained. @returns the bytes that it takes beside the base */
async function save({ name, rank, trainsHidden }: Method, model: ClassifierModel): Promise<number> {
  if (rank > 0) {
    await run.writeAdapter({ ...readTrainedAdapter(model), classes: strengths, baseSha256 }, name);
  } else {
    await run.writeModel(name, trainsHidden ? readModule(model) : readOutput(model));
  }
  const files = (await run.listFiles()).filter((file) => file.name.split(/[/\\.]/)[0] === name);
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Whether a model is still the base, bit for bit, where its branch is off and its output layer the base's. */
function isStillBase(model: ClassifierModel): boolean {
  model.hidden.loraEnabled = false;
  copyFromBase(model, 'fc2');
  return isDeepStrictEqual(readLogits(model.classifier, sentiment.test), baseLogits);
}

const run = await createRunDirectory({ ...(flags.out && { out: flags.out }), command: 'second-task' });
await run.writeVocabulary(dataset.vocabulary, dataset.features);
const { sha256: baseSha256 } = await run.writeModel('model', readModule(base));
await run.writeDescription({
  schema: 1,
  classes: dataset.classes,
  features: dataset.features,
  hidden: size.hidden,
  output: dataset.classes.length,
  calibration: null,
});

// The table has a line for each method, which is printed as soon as the method is through.

const percent = (share: number): string => (100 * share).toFixed(2);
const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(14) : String(cell).padStart(11))).join('');

console.log(`Base: ${percent(await accuracyOf(base, sentiment.test))} % of the sentiments are right.
Second task: ${strength.train.length} reviews to learn from, ${strength.valid.length} to choose on, ${strength.test.length} to test on.
`);
console.log(row('method', 'accuracy %', '+-', 'parameters', 'bytes', 'seconds', 'lr', 'epochs'));
const strong = summarize([...byStrength(test).labels]).mean;
console.log(row('larger class', percent(Math.max(strong, 1 - strong)), '', 0, 0));

const isBase = new Map<string, boolean>();
for (const method of methods) {
  const learners = seeds.map((seed) => createLearner(method, seed));
  const { settings, accuracies, seconds } = await learnWithBest(learners);
  const models = learners.map(({ model }) => model);
  const [first] = models;
  if (first === undefined) throw new RangeError('Expected --seeds to be at least 1.');
  const { trainable } = countParameters(first);
  const bytes = await save(method, first);
  const { mean, deviation } = summarize(accuracies);
  const figures = [percent(mean), percent(deviation), trainable, bytes, seconds.toPrecision(2)];
  console.log(row(method.name, ...figures, settings.lr, settings.epochs));
  if (method.rank > 0) isBase.set(method.name, models.every(isStillBase));
  for (const { model, start } of learners) {
    start.dispose();
    model.dispose();
  }
}
await run.writeRun({ schema: 1, command: 'second-task' });

console.log(`
Switched off, the branch leaves every logit of the sentiment as the base's, bit for bit:
  ${[...isBase].map(([name, passed]) => `${name}: ${passed}`).join('\n  ')}
Try it:
  npx imdb-torch predict ${run.path} "Not bad."
  npx imdb-torch predict ${run.path} --adapter ${run.path}/lora-r1 "Not bad."`);
if ([...isBase.values()].includes(false)) process.exitCode = 1;
