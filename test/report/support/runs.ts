import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { viewRun, type RunFields, type RunView } from '../../../src/report/html/run_view.js';

export type Fields = Record<string, unknown>;

/** Reproducible numbers between 0 and 1. */
export function shares(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, k) => 0.5 + 0.499 * Math.sin(seed * 10 + k * 1.7));
}

export interface RunOptions {
  classes?: readonly string[];
  epochs?: number;
  hidden?: number;
  seed?: number;
}

function metricsOf(seed: number): Fields {
  const [loss, accuracy] = shares(2, seed);
  return { loss, accuracy };
}

function phase(epochs: number, seed: number): Fields {
  const list = Array.from({ length: epochs }, (_, k) => ({
    epoch: k + 1,
    seconds: shares(1, seed + k)[0],
    evaluateSeconds: shares(1, seed + k + 0.6)[0],
    train: metricsOf(seed + k + 0.1),
    valid: metricsOf(seed + k + 0.2),
  }));
  return {
    parameters: { trainable: 4_000_602 - 997 * seed, total: 4_020_802 },
    before: { train: metricsOf(seed + 0.3) },
    firstSteps: shares(3, seed),
    epochs: list,
    secondsPerEpoch: shares(1, seed + 0.4)[0],
    test: metricsOf(seed + 0.5),
  };
}

function words(count: number, seed: number): Fields[] {
  return shares(count, seed).map((share, k) => ({
    word: `word${k}`,
    effect: share * 3,
    norm: share * 5,
    weightNorm: share / 7,
  }));
}

function evaluation(classes: readonly string[], seed: number): Fields {
  const confusion = classes.map((_, row) =>
    shares(classes.length, seed + row).map((share) => Math.round(share * 5000)),
  );
  return {
    classes: classes.map((name, row) => ({
      name,
      precision: shares(1, seed + row + 0.1)[0],
      recall: shares(1, seed + row + 0.2)[0],
      f1: shares(1, seed + row + 0.3)[0],
      support: confusion[row]?.reduce((sum, count) => sum + count, 0),
    })),
    macro: { precision: 0.71, recall: 0.72, f1: 0.73 },
    confusion,
    rocAuc: classes.length === 2 ? 0.94321 : null,
    calibration: {
      bins: 15,
      error: 0.04321,
      reliability: shares(15, seed).map((share, bin) => ({
        count: bin < 7 ? 0 : Math.round(share * 3000),
        confidence: bin < 7 ? 0 : (bin + 0.4) / 15,
        accuracy: bin < 7 ? 0 : share,
      })),
    },
  };
}

const read = {
  rows: 49_997,
  leftOut: [{ why: 'has no text', count: 3, first: 'reviews-2.csv line 17' }],
  notLookedAt: ['some/readme'],
  notLookedAtCount: 1,
  notes: ['3 texts come again with another label.'],
};

function common(command: string, { classes = ['neg', 'pos'], seed = 1 }: RunOptions): Fields {
  return {
    schema: 1,
    command,
    device: 'cpu',
    engine: 'fused',
    dtype: 'float32',
    data: {
      source: 'some/reviews-2.csv',
      kind: 'csv',
      sha256: 'ab12',
      train: 20_000,
      valid: 5000,
      test: 25_000,
      testHeldOut: false,
      guess: null,
      badRows: { count: 0, total: 50_000, first: [] },
    },
    read,
    classes,
    vocabulary: { size: 20_000, sha256: 'cd34', first: ['<UNK>', 'the'] },
    argv: [command, '--data', 'some/reviews-2.csv', '--out', 'somewhere', '--json'],
    options: {
      seed: 123,
      hidden: 200,
      learningRate: 0.1 * seed,
      loss: 'softmax',
      data: 'some/reviews-2.csv',
    },
    versions: { 'imdb-torch': '0.1.0', node: '20.1.2', libtorch: '2.13.0' },
    seconds: { data: 1.2, train: 3.21 + seed, evaluate: 0.3, total: 5.4 },
    evaluation: evaluation(classes, seed),
    topWords: classes.map((name, k) => ({ class: name, words: words(20, seed + k) })),
    files: [
      { name: 'model.safetensors', bytes: 16_002_752, sha256: 'ef56'.repeat(16) },
      { name: 'vocabulary.txt', bytes: 160_144, sha256: '0789'.repeat(16) },
    ],
  };
}

/** The document of a full training. */
export function trainRun(options: RunOptions = {}): Fields {
  const { epochs = 3, seed = 1 } = options;
  return { ...common('train', options), ...phase(epochs, seed) };
}

/** The document of a pretraining and a fine-tuning with LoRA. */
export function loraRun(options: RunOptions = {}): Fields {
  const { epochs = 4, hidden = 12, seed = 2 } = options;
  const run = common('lora', options);
  const adapter = { name: 'adapter/adapter_model.safetensors', bytes: 82_904, sha256: '9abc'.repeat(16) };
  return {
    ...run,
    pretrain: phase(1, seed),
    lora: phase(epochs, seed + 20),
    files: [adapter, ...(run.files as Fields[])],
    weightChange: {
      rank: 2,
      scale: 0.5,
      norm: 55.27,
      weightNorm: 19.95,
      units: shares(hidden, seed).map((share) => share * 10),
      words: words(20, seed + 3),
    },
    outputChange: { rank: 2, scale: 0.5, norm: 0.127, weightNorm: 1.52 },
    checks: [
      { name: 'fine-tuning left W as it was', passed: true },
      { name: 'o5 = o4: merged as with LoRA on', passed: false, detail: 'difference 6.7e-6' },
    ],
  };
}

/** The run with probabilities that were calibrated. */
export function calibrated(run: Fields): Fields {
  const before = { accuracy: 0.8796, logLoss: 0.31, calibrationError: 0.0312 };
  const test = { before, after: { accuracy: 0.8812, logLoss: 0.29, calibrationError: 0.0123 } };
  return {
    ...run,
    calibration: { calibration: { kind: 'sigmoid', scale: 0.9, bias: 0.1 }, heldOut: test, test },
  };
}

/** The run with a model that was trained anew on all training reviews. */
export function refitted(run: Fields): Fields {
  return { ...run, refit: { epochs: 6, reviews: 25_000, seconds: 3.729 } };
}

/** The lines that a run with this document has in `metrics.jsonl`. */
export function metricsLines(run: Fields): Fields[] {
  return (['full', 'pretrain', 'lora'] as const).flatMap((name) => {
    const source = (name === 'full' ? run : (run[name] ?? {})) as { epochs?: Fields[]; before?: Fields };
    if (source.epochs === undefined) return [];
    return [{ phase: name, epoch: 0, ...source.before }, ...source.epochs.map((epoch) => ({ phase: name, ...epoch }))];
  });
}

/** The runs as a report sees them. */
export function viewsOf(runs: readonly Fields[]): RunView[] {
  return runs.map((run, index) =>
    viewRun({ name: `run${index}`, commandLine: null, index }, {
      ...run,
      metrics: metricsLines(run),
    } as unknown as RunFields),
  );
}

/** Writes the files of a run that a report is made of. @returns the run directory */
export async function writeRunFiles(folder: string, name: string, run: Fields): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'run.json'), JSON.stringify(run));
  const lines = metricsLines(run).map((line) => `${JSON.stringify(line)}\n`);
  await writeFile(join(path, 'metrics.jsonl'), lines.join(''));
  return path;
}

/** The run as it is where it goes by macro-F1, with thresholds. */
export function judgedByMacroF1(run: Fields): Fields {
  const epochs = (run.epochs as Fields[]).map((epoch, k) => ({
    ...epoch,
    valid: { ...(epoch.valid as Fields), 'macro-f1': shares(1, 40 + k)[0] },
  }));
  const because = 'the largest class has more than 4 times the training reviews of the smallest';
  const warnings = [{ kind: 'few-examples', sentence: 'Fewer than 10 training reviews are labelled "neg".' }];
  const metric = { name: 'macro-f1', because, test: 0.66123 };
  return { ...run, epochs, metric, decision: { offsets: [0, 1] }, warnings };
}

/** The run of a linear model that was also fitted on parts of the reviews. @param twice what twice as many would bring */
export function withLearningCurve(run: Fields, twice: number): Fields {
  const points = shares(4, 50).map((share, k) => ({
    reviews: 2500 * 2 ** k,
    value: 0.8 + 0.025 * k + 0.01 * share,
    standardError: 0.02 * share,
  }));
  return { ...run, learningCurve: { metric: 'accuracy', points, twice } };
}

/** The run with what a search of linear models tried. */
export function withSearch(run: Fields): Fields {
  const judged = { folds: 5, value: 0.9031, standardError: 0.0021 };
  const tried = Array.from({ length: 10 }, (_, index) => ({
    ngrams: 3,
    characters: index % 2 === 0 ? [3, 5] : null,
    weighting: index % 2 === 0 ? ['idf', 'naive-bayes'] : ['idf'],
    cost: 0.3 * (index + 1),
    cleanUp: index === 1 ? 0.1 : 0,
    ...judged,
  }));
  const crossValidation = { metric: 'accuracy', value: 0.9031, standardError: 0.0021, folds: 5, repeats: 1 };
  return { ...run, crossValidation, chosen: tried[0], tried, because: 'no other is better', endedBy: 'plan' };
}

/** The run with what a search of learning rates and epochs tried. */
export function withTuning(run: Fields): Fields {
  const tried = [0.001, 0.0005].map((lr) => ({ lr, loraEpochs: 2, folds: 5, value: 0.87, standardError: 0.01 }));
  return { ...run, chosen: tried[0], tried, because: 'it is better', endedBy: 'budget' };
}
