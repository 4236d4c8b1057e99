import { aString, wholeFrom } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { FeatureNames } from '../text/feature_names.js';
import type { TokenSpan } from '../text/tokens/token_span.js';
import type { BaseClassifier, FeatureValues, Prediction } from './base_classifier.js';
import { aClassifier } from './expected.js';
import { LeftOutWords } from './left_out_words.js';
import { subtract, subtractFromRows } from './numbers/differences.js';
import { largestOfColumn } from './numbers/largest.js';

export interface WordEffect {
  /** The token of the tokenizer. */
  word: string;
  /** Its occurrences in the text. */
  spans: TokenSpan[];
  /** The log-odds of each class minus those of the text without the word, in the order of the classes. */
  effects: number[];
}

export interface Explanation {
  prediction: Prediction;
  /** ln(p / (1 - p)) of each class. */
  logOdds: number[];
  /** The different words of the text, in the order of their first occurrences. */
  words: WordEffect[];
}

export interface TopWord {
  word: string;
  effect: number;
}

/** The largest number of characters of a text to explain. */
export const longestExplainedText = 1_000_000;
/** Effects of single features on single classes that are computed at once, which bounds the memory. */
const effectsAtOnce = 1 << 19;

/**
 * Explains a prediction by the effect of each word: the model is asked again without any occurrence of it. Effects are
 * exact, but they do not add up: the hidden layer is not linear, and words that are not in the vocabulary share an
 * input.
 * @throws ImdbTorchError ERR_USAGE for a text of more than `longestExplainedText` characters
 */
export function explainText(classifier: BaseClassifier, text: string): Explanation {
  const slices = explainInSlices(classifier, text);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

/** Does what `explainText` does, but yields every few milliseconds, so that others can be served meanwhile. */
export function* explainInSlices(
  classifier: BaseClassifier,
  text: string,
): Generator<undefined, Explanation, undefined> {
  aClassifier(classifier, 'classifier');
  aString(text, 'text');
  if (text.length > longestExplainedText) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a text of at most ${longestExplainedText} characters but received ${text.length}; explain a part of it.`,
    );
  }
  const spans = classifier.featurizer.tokenSpans(text);
  const { words, wordOf } = groupByWord(spans);
  yield;
  const [prediction] = classifier.predict([text]);
  const logOdds = classifier.logOdds(classifier.logits([text]));
  yield;
  const tokens = spans.map(({ token }) => token);
  const leftOut = new LeftOutWords(classifier, tokens, wordOf);
  const whole = classifier.logOdds(leftOut.whole);
  for (let start = 0; start < words.length;) {
    yield;
    const some = leftOut.without(start);
    for (const [k, word] of words.slice(start, start + some.length).entries()) {
      word.effects = Array.from(subtract(whole, classifier.logOdds(some[k])));
    }
    start += some.length;
  }
  return { prediction, logOdds: Array.from(logOdds), words };
}

/**
 * Returns for each class the words of the vocabulary with the largest effects, largest first: by how much a word alone
 * moves the log-odds of an empty text. Where texts are divided by their norm, a word alone would have the whole length of
 * a text whatever it weighs: the heaviest word has that, the others in proportion to their weights. N-grams of characters
 * are parts of words, and so are left out.
 */
export function topWords(classifier: BaseClassifier, count: number): TopWord[][] {
  aClassifier(classifier, 'classifier');
  wholeFrom(0)(count, 'count');
  const { classes } = classifier;
  const names = namesOf(classifier);
  const columns = classes.length;
  let top = classes.map((): RankedFeature[] => []);
  for (const { ids, effects } of singleFeatureEffects(classifier, names)) {
    top = top.map((best, column) => {
      const found = largestOfColumn(effects, { columns, column, count });
      const all = [...best, ...found.map(({ id, value }) => ({ id: ids[id], value }))];
      // Sorting keeps the order of equal ones, which is that of their ids.
      return all.sort((one, other) => other.value - one.value).slice(0, count);
    });
  }
  return top.map((best) => best.map(({ id, value }) => ({ word: names.word(id), effect: value })));
}

interface RankedFeature {
  id: number;
  value: number;
}

/** @throws ImdbTorchError ERR_USAGE for a model without the names of its features */
function namesOf({ names }: BaseClassifier): FeatureNames {
  if (names !== null) return names;
  throw new ImdbTorchError(
    'ERR_USAGE',
    'Expected a model that has the names of its features but this one was opened without them; open the run directory.',
  );
}

/** Yields the effects of features that are words or n-grams of them, `[ids, classes]`, row-major, some at a time. */
function* singleFeatureEffects(
  classifier: BaseClassifier,
  names: FeatureNames,
): Generator<{ ids: Int32Array; effects: Float64Array }> {
  const { classes, featurizer } = classifier;
  const { options } = featurizer;
  const nothing = { ids: new Int32Array(0), offsets: Int32Array.of(0, 0), counts: null };
  const empty = classifier.logOdds(classifier.logitsOfEncoded(nothing));
  const values = withoutNorm(featurizer);
  const atOnce = Math.ceil(effectsAtOnce / classes.length);
  // Id 0 of the notebook stands for all unknown words.
  const first = options.tokenizer === 'notebook' ? 1 : 0;
  const words = Int32Array.from({ length: names.size - first }, (_, k) => first + k);
  const shown = options.characters === undefined ? words : words.filter((id) => !names.isOfCharacters(id));
  for (let start = 0; start < shown.length; start += atOnce) {
    const ids = shown.slice(start, start + atOnce);
    const offsets = Int32Array.from({ length: ids.length + 1 }, (_, k) => k);
    const logOdds = classifier.logOdds(classifier.logitsOfEncoded({ ids, offsets, counts: null }, values));
    yield { ids, effects: subtractFromRows(logOdds, empty) };
  }
}

/** Returns a weighting with which single words keep the proportions of their weights. */
function withoutNorm({ options, weights }: FeatureValues): FeatureValues {
  if (options.normalize !== true || weights === null) return { options, weights };
  const heaviest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const gain = heaviest === 0 ? options.gain : options.gain / heaviest;
  return { options: { normalize: false, gain }, weights };
}

/** @returns the different words, and for each token the number of its word */
function groupByWord(spans: readonly TokenSpan[]): { words: WordEffect[]; wordOf: Int32Array } {
  const numbers = new Map<string, number>();
  const words: WordEffect[] = [];
  const wordOf = Int32Array.from(spans, (span) => {
    const number = numbers.get(span.token) ?? numbers.size;
    numbers.set(span.token, number);
    (words[number] ??= { word: span.token, spans: [], effects: [] }).spans.push(span);
    return number;
  });
  return { words, wordOf };
}
