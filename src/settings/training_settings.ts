import { calibrationKinds } from '../training/calibration.js';
import { metricChoices } from '../experiments/choose_metric.js';
import { optimizerNames } from '../training/optimizer_options.js';
import { computingSettings } from './computing_settings.js';
import { choice, duration, flag, integer, number, orNull } from './kinds.js';
import { betas, classWeights, layers } from './list_kinds.js';
import { declare } from './setting.js';

const experiments = ['train', 'lora', 'experiment'] as const;
const model = declare({ group: 'Model', commands: experiments });
const branch = declare({ group: 'Model', commands: ['lora'] });
const training = declare({ group: 'Training', commands: experiments, inherited: 'training' });
const step = declare({ group: 'Training', commands: ['train', 'lora'], inherited: 'training' });
const unherited = declare({ group: 'Training', commands: experiments });
const optimizer = declare({ group: 'Training', commands: ['train', 'lora'], inherited: 'optimizer' });
const fineTuning = declare({ group: 'Training', commands: ['lora'] });
const selection = declare({ group: 'Selection', commands: ['train', 'lora'] });
const linear = declare({ group: 'Training', commands: ['train'] });
const positive = number({ above: 0 });
const probability = number({ least: 0, below: 1 });

/** The settings of the model and of its training. */
export const trainingSettings = {
  hidden: model(integer(0, 65_536), 'width of the hidden layer; 0: linear', { inherited: 'model' }),
  target: branch(layers, 'linear layers with a LoRA branch: fc1, fc2 or fc1,fc2', {
    recordedAs: 'targetModules',
  }),
  rank: model(integer(1, 65_536), 'rank of the LoRA branches', { commands: ['lora', 'experiment'] }),
  alpha: model(positive, 'LoRA branches are scaled by alpha / rank; see --use-rslora', {
    commands: ['lora', 'experiment'],
  }),
  useRslora: branch(flag, 'scale the LoRA branches by alpha / sqrt(rank)'),
  useDora: branch(flag, "learn lengths and directions of a weight's rows apart; not with the fused engine"),
  init: branch(
    choice(['notebook', 'kaiming', 'gaussian', 'pissa']),
    "how LoRA branches start: as in the notebook, or as PEFT's",
    { recordedAs: 'initialization' },
  ),
  loraDropout: branch(probability, 'probability with which an input of a LoRA branch is left out of a step'),
  seed: unherited(integer(0, Number.MAX_SAFE_INTEGER), 'seed of every random number', {
    commands: [...experiments, 'data'],
    inherited: 'always',
  }),
  epochs: unherited(integer(1), 'number of epochs of full training', { commands: ['train', 'experiment'] }),
  loraEpochs: unherited(integer(1), 'number of epochs of fine-tuning', { commands: ['lora', 'experiment'] }),
  pretraining: fineTuning(
    choice(['same', 'notebook', 'fixed']),
    'train the epoch before fine-tuning with the same optimizer, or as that preset of train',
    { isRare: true },
  ),
  batch: training(integer(1), 'number of reviews in a batch', { recordedAs: 'batchSize' }),
  loss: training(choice(['softmax', 'logits']), 'cross entropy of softmax probabilities or of logits'),
  classWeight: step(
    classWeights,
    'weights of the classes in the loss, but not in metrics: none, balanced, or by name as in a=1,b=5',
  ),
  optimizer: optimizer(
    choice(optimizerNames),
    'optimizer of torch.optim, or dual-coordinate-descent, which fits a linear model at once',
  ),
  cost: linear(positive, "cost of mistakes against large weights: C of scikit-learn's LinearSVC"),
  cleanUp: linear(
    number({ least: 0, below: 0.5 }),
    'share of the training reviews with the most doubtful labels that the model is not fitted on',
  ),
  lr: training(positive, 'learning rate', { recordedAs: 'learningRate' }),
  lrUp: fineTuning(orNull(positive), 'learning rate of the matrix up of the LoRA branches', {
    recordedAs: 'learningRateA',
    usual: '--lr',
    isRare: true,
  }),
  lrDown: fineTuning(orNull(positive), 'learning rate of the matrix down of the LoRA branches', {
    recordedAs: 'learningRateB',
    usual: '--lr',
    isRare: true,
  }),
  momentum: optimizer(probability, 'momentum of SGD'),
  nesterov: unherited(flag, "use Nesterov's momentum", {
    commands: ['train', 'lora'],
    not: 'use plain momentum',
    isRare: true,
  }),
  weightDecay: optimizer(number({ least: 0 }), 'weight decay, not with sparse-adam'),
  betas: optimizer(orNull(betas), "decay rates of Adam's means of gradients and of their squares", {
    usual: '0.9,0.999',
    isRare: true,
  }),
  eps: optimizer(orNull(positive), 'term that Adam adds to the root it divides by', {
    usual: '1e-8',
    isRare: true,
  }),
  schedule: step(choice(['constant', 'linear', 'cosine']), 'learning rate over the training'),
  warmup: step(probability, 'share of all steps in which the learning rate rises', { isRare: true }),
  clip: step(orNull(positive), "largest norm of a step's gradient", {
    recordedAs: 'maxGradNorm',
    usual: 'any',
  }),
  dropout: unherited(probability, 'probability with which a feature of a review is left out of a step', {
    commands: ['train'],
    recordedAs: 'inputDropout',
  }),
  patience: selection(orNull(integer(1)), 'number of epochs without improvement before training stops', {
    usual: 'never',
  }),
  folds: selection(orNull(integer(2, 1000)), 'number of folds to cross-validate in; needs --refit', {
    commands: ['train'],
  }),
  repeats: linear(integer(1, 1000), 'how often reviews are dealt out to folds', { group: 'Selection', isRare: true }),
  search: linear(
    choice(['none', 'auto', 'wide']),
    'choose by cross-validation what is not given: features, weighting and cost, or how fast and how long to fine-tune; wide tries more',
    { group: 'Selection', commands: ['train', 'lora'] },
  ),
  budget: linear(
    orNull(duration),
    'time after which the search takes the best so far; the choice then depends on the machine',
    {
      group: 'Selection',
      commands: ['train', 'lora'],
      usual: 'a plan of a size that the data decide',
    },
  ),
  decision: linear(
    choice(['argmax', 'fitted']),
    'take the most probable class, or fit thresholds for the metric to out-of-fold scores',
    { group: 'Selection' },
  ),
  learningCurve: linear(flag, 'say how good the model is with fewer reviews, and what more would bring', {
    group: 'Selection',
  }),
  refit: selection(flag, 'train on all training reviews in the end', {
    commands: ['train'],
    not: 'keep the model that was validated',
  }),
  calibration: selection(
    choice(calibrationKinds),
    'fit probabilities to held-out reviews; more than two classes get a temperature in place of a sigmoid',
  ),
  metric: selection(
    choice(metricChoices),
    'metric that --patience and results go by; auto: by the balance of the classes',
  ),
  seeds: selection(integer(1, 1000), 'number of runs, each with the next seed', { default: 1 }),
  ...computingSettings,
};
