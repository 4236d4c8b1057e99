import type { Device } from '../../model/native.js';
import { calibrationKinds } from '../../training/calibration.js';
import { optimizerNames } from '../../training/optimizer_options.js';
import { choice, flag, integer, number, orNull } from './kinds.js';
import { betas, layers } from './list_kinds.js';
import type { Setting } from './setting.js';

const experiments = ['train', 'lora', 'experiment'] as const;
const shared = { group: 'Model', commands: ['lora', 'experiment'] } as const;
const branch = { group: 'Model', commands: ['lora'] } as const;
const training = { group: 'Training', commands: experiments, inherited: 'training' } as const;
const step = { group: 'Training', commands: ['train', 'lora'] } as const;
const optimizer = { ...step, inherited: 'optimizer' } as const;
const fineTuning = { group: 'Training', commands: ['lora'] } as const;
const selection = { group: 'Selection', commands: ['train', 'lora'] } as const;
const computing = { group: 'Computing', commands: experiments } as const;
const positive = number({ above: 0 });
const probability = number({ least: 0, below: 1 });

/** The settings of the model and of its training. */
export const trainingSettings = {
  hidden: {
    kind: integer(0, 65_536),
    group: 'Model',
    commands: experiments,
    inherited: 'model',
    help: 'width of the hidden layer; 0: linear',
  },
  target: {
    ...branch,
    kind: layers,
    recordedAs: 'targetModules',
    help: 'linear layers with a LoRA branch: fc1, fc2 or fc1,fc2',
  },
  rank: { ...shared, kind: integer(1, 65_536), help: 'rank of the LoRA branches' },
  alpha: { ...shared, kind: positive, help: 'LoRA branches are scaled by alpha / rank; see --use-rslora' },
  useRslora: { ...branch, kind: flag, help: 'scale the LoRA branches by alpha / sqrt(rank)' },
  useDora: {
    ...branch,
    kind: flag,
    help: "learn lengths and directions of a weight's rows apart; not with the fused engine",
  },
  init: {
    ...branch,
    kind: choice(['notebook', 'kaiming', 'gaussian', 'pissa']),
    recordedAs: 'initialization',
    help: "how LoRA branches start: as in the notebook, or as PEFT's",
  },
  loraDropout: {
    ...branch,
    kind: probability,
    help: 'probability with which an input of a LoRA branch is left out of a step',
  },
  seed: {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    group: 'Training',
    commands: [...experiments, 'data'],
    inherited: 'always',
    help: 'seed of every random number',
  },
  epochs: {
    kind: integer(1),
    group: 'Training',
    commands: ['train', 'experiment'],
    help: 'number of epochs of full training',
  },
  loraEpochs: {
    kind: integer(1),
    group: 'Training',
    commands: ['lora', 'experiment'],
    help: 'number of epochs of fine-tuning',
  },
  pretraining: {
    ...fineTuning,
    kind: choice(['same', 'notebook']),
    isRare: true,
    help: 'train the epoch before fine-tuning with the same optimizer or as the notebook',
  },
  batch: { ...training, kind: integer(1), recordedAs: 'batchSize', help: 'number of reviews in a batch' },
  loss: {
    ...training,
    kind: choice(['softmax', 'logits']),
    help: 'cross entropy of softmax probabilities or of logits',
  },
  optimizer: { ...optimizer, kind: choice(optimizerNames), help: 'optimizer of torch.optim' },
  lr: { ...training, kind: positive, recordedAs: 'learningRate', help: 'learning rate' },
  lrUp: {
    ...fineTuning,
    kind: orNull(positive),
    recordedAs: 'learningRateA',
    isRare: true,
    help: 'learning rate of the matrix up of the LoRA branches',
    usual: '--lr',
  },
  lrDown: {
    ...fineTuning,
    kind: orNull(positive),
    recordedAs: 'learningRateB',
    isRare: true,
    help: 'learning rate of the matrix down of the LoRA branches',
    usual: '--lr',
  },
  momentum: { ...optimizer, kind: probability, help: 'momentum of SGD' },
  nesterov: { ...step, kind: flag, isRare: true, help: "use Nesterov's momentum", not: 'use plain momentum' },
  weightDecay: { ...optimizer, kind: number({ least: 0 }), help: 'weight decay, not with sparse-adam' },
  betas: {
    ...optimizer,
    kind: orNull(betas),
    isRare: true,
    help: "decay rates of Adam's means of gradients and of their squares",
    usual: '0.9,0.999',
  },
  eps: {
    ...optimizer,
    kind: orNull(positive),
    isRare: true,
    help: 'term that Adam adds to the root it divides by',
    usual: '1e-8',
  },
  schedule: {
    ...step,
    kind: choice(['constant', 'linear', 'cosine']),
    inherited: 'training',
    help: 'learning rate over the training',
  },
  warmup: {
    ...step,
    kind: probability,
    inherited: 'training',
    isRare: true,
    help: 'share of all steps in which the learning rate rises',
  },
  clip: {
    ...step,
    kind: orNull(positive),
    inherited: 'training',
    recordedAs: 'maxGradNorm',
    help: "largest norm of a step's gradient",
    usual: 'any',
  },
  dropout: {
    kind: probability,
    group: 'Training',
    commands: ['train'],
    recordedAs: 'inputDropout',
    help: 'probability with which a feature of a review is left out of a step',
  },
  patience: {
    ...selection,
    kind: orNull(integer(1)),
    help: 'number of epochs without improvement before training stops',
    usual: 'never',
  },
  folds: {
    kind: orNull(integer(2, 1000)),
    group: 'Selection',
    commands: ['train'],
    help: 'number of folds to cross-validate in; needs --refit',
  },
  refit: {
    kind: flag,
    group: 'Selection',
    commands: ['train'],
    help: 'train on all training reviews in the end',
    not: 'keep the model that was validated',
  },
  calibration: {
    ...selection,
    kind: choice(calibrationKinds),
    help: 'fit probabilities to held-out reviews',
  },
  seeds: {
    ...selection,
    kind: integer(1, 1000),
    default: 1,
    help: 'number of runs, each with the next seed',
  },
  engine: {
    ...computing,
    kind: choice(['auto', 'fused', 'torch']),
    help: "fused CPU kernels or libtorch's operators",
  },
  dtype: { ...computing, kind: choice(['float32', 'float64']), inherited: 'model', help: 'precision' },
  device: {
    ...computing,
    kind: choice(['auto', 'cpu', 'cuda', 'cuda:N' as Device], 'name', /^(auto|cpu|cuda(:\d{1,4})?)$/),
    help: 'device',
  },
  threads: {
    ...computing,
    kind: orNull(integer(1, 1024)),
    default: null,
    help: 'number of threads',
    usual: "libtorch's choice",
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;
