import type { Calibration } from '../storage/model_description.js';
import { boundsOf } from './calibration_bounds.js';
import { metricOf, type MetricName } from './metric_names.js';

/** What is known of a finished model and of the examples that it learned from. */
export interface ModelFacts {
  /** Names of the classes. */
  classes: readonly string[];
  /** Number of training examples of each class. */
  counts: readonly number[];
  /** The metric that the model is judged by. */
  metric: MetricName;
  /** Examples that the model was not trained on: labels `[n]`, predicted classes `[n]`, probabilities `[n, classes]`. */
  heldOut: { labels: Int32Array; predicted: Int32Array; probabilities: Float64Array };
  /** Accuracies on the training and on the validation examples; null where they are not known. */
  fit: { train: number; valid: number; largest?: LargestClass | null | undefined } | null;
  /** A calibration that was fitted and is not used, for its numbers make no sense; null or absent where there is none. */
  refused?: Calibration | null | undefined;
  /** Whether the model was fine-tuned, and reads texts with the words of its base. */
  hasWordsOfBase?: boolean | undefined;
  /** Tokens that give a class away, with the shares of `findLeaks`. */
  leaks: readonly { token: string; label: number; precision: number; recall: number }[];
}

/** How right it is on the validation examples to say always the class with most training examples. */
export interface LargestClass {
  accuracy: number;
  examples: number;
}

export type WarningKind = 'few-examples' | 'never-predicted' | 'no-better' | 'overfitting' | 'leak' | 'calibration';

/** Why a model may be no good, and what to do. */
export interface Warning {
  kind: WarningKind;
  sentence: string;
}

const fewExamples = 10;
/** A model of many features is always better on what it learned from. */
const largestGap = 0.2;
const namedAtMost = 5;

/** Says in one sentence each why a model may be no good. Empty where nothing is found. */
export function findWeaknesses(facts: ModelFacts): Warning[] {
  const noBetter = [...noBetterInTest(facts), ...noBetterInValidation(facts)].slice(0, 1);
  return [
    ...fewOf(facts),
    ...neverPredicted(facts),
    ...noBetter,
    ...overfitted(facts),
    ...givenAway(facts),
    ...refusedCalibration(facts),
  ];
}

function fewOf({ classes, counts }: ModelFacts): Warning[] {
  const few = classes.filter((_, k) => (counts[k] ?? 0) < fewExamples);
  if (few.length === 0) return [];
  const sentence = `Fewer than ${fewExamples} training reviews are labelled ${listed(few)}, too few to learn from: label more, or join classes.`;
  return [{ kind: 'few-examples', sentence }];
}

function neverPredicted({ classes, heldOut: { labels, predicted } }: ModelFacts): Warning[] {
  const [labelled, found] = [new Set(labels), new Set(predicted)];
  const never = classes.filter((_, k) => labelled.has(k) && !found.has(k));
  if (never.length === 0) return [];
  const sentence = `${listed(never)} ${never.length === 1 ? 'is' : 'are'} never predicted for a test review: label more such reviews, or choose by macro-F1 (--metric macro-f1).`;
  return [{ kind: 'never-predicted', sentence }];
}

/** Says that a calibration is not used, where that is so. */
export function refusedCalibration({ refused }: Pick<ModelFacts, 'refused'>): Warning[] {
  if (refused === undefined || refused === null) return [];
  const { what, bounds } = boundsOf(refused);
  const number = refused.kind === 'temperature' ? refused.temperature : refused.scale;
  const sentence = `The ${what} that fits the validation reviews best is ${number.toPrecision(2)}, which is not ${bounds}: their few or uniform predictions say nothing of probabilities, which are left as the model gives them; hold out more reviews (--valid), or train longer (more epochs).`;
  return [{ kind: 'calibration', sentence }];
}

/** Compares with a model that always predicts the class with most training examples. */
function noBetterInTest({ classes, counts, metric, heldOut, hasWordsOfBase = false }: ModelFacts): Warning[] {
  if (metric !== 'accuracy' && metric !== 'macro-f1') return [];
  const { labels, predicted, probabilities } = heldOut;
  if (labels.length === 0) return [];
  const largest = counts.indexOf(Math.max(...counts));
  const valueOf = (given: Int32Array): number => metricOf(metric, labels, given, probabilities);
  const value = valueOf(predicted);
  const usual = valueOf(labels.map(() => largest));
  if (isBetter(value, usual, labels.length)) return [];
  const sentence = `The model is no better than always predicting ${listed([classes[largest] ?? ''])} (${percent(value)} against ${percent(usual)} on the test reviews): check that the labels are about the texts, and label more.${wordsOf(hasWordsOfBase)}`;
  return [{ kind: 'no-better', sentence }];
}

/** Does the same on the validation reviews, which early stopping and a calibration go by. */
function noBetterInValidation({ classes, counts, metric, fit, hasWordsOfBase = false }: ModelFacts): Warning[] {
  const { largest } = fit ?? {};
  if (metric !== 'accuracy' || !fit || !largest || isBetter(fit.valid, largest.accuracy, largest.examples)) return [];
  const name = listed([classes[counts.indexOf(Math.max(...counts))] ?? '']);
  const sentence = `The model is no better than always predicting ${name} (${percent(fit.valid)} against ${percent(largest.accuracy)} on the validation reviews): train longer (more epochs), check that the labels are about the texts, or label more.${wordsOf(hasWordsOfBase)}`;
  return [{ kind: 'no-better', sentence }];
}

/** Says what fine-tuning cannot learn from. */
function wordsOf(hasWordsOfBase: boolean): string {
  return hasWordsOfBase
    ? ' It knows no words but those of its base: where others tell these classes apart, train a model of these texts (train).'
    : '';
}

/** Whether an accuracy is above the usual one by more than its standard error. */
function isBetter(value: number, usual: number, examples: number): boolean {
  return value > usual + Math.sqrt((usual * (1 - usual)) / examples);
}

function overfitted({ fit }: ModelFacts): Warning[] {
  if (fit === null || !(fit.train - fit.valid >= largestGap)) return [];
  const sentence = `${percent(fit.train)} of the training reviews are classified correctly but ${percent(fit.valid)} of those held out: the model knows these by heart; label more (--learning-curve says what that may bring), or train less (a lower --cost; fewer --epochs, --patience).`;
  return [{ kind: 'overfitting', sentence }];
}

function givenAway({ classes, leaks }: ModelFacts): Warning[] {
  const [first] = leaks.toSorted((one, other) => other.precision * other.recall - one.precision * one.recall);
  if (first === undefined) return [];
  const { token, label, precision, recall } = first;
  const others = leaks.length - 1;
  const further = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'class has' : 'classes have'} such a word`;
  const sentence = `The word ${JSON.stringify(token)} gives ${listed([classes[label] ?? ''])} away (${percent(precision)} of the training reviews with it, and it stands in ${percent(recall)} of the class)${further}: if texts to predict have no such word, take it out of these.`;
  return [{ kind: 'leak', sentence }];
}

function listed(names: readonly string[]): string {
  const more = names.length - namedAtMost;
  const shown = names.slice(0, namedAtMost).map((name) => JSON.stringify(name));
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
