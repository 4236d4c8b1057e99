import { ImdbTorchError } from '../errors.js';
import type { TokenSpan } from '../text/tokens/token_span.js';
import { createBags, type BagWeighting } from './bags.js';
import { subtract, subtractFromRows } from './numbers/differences.js';
import { largestOfColumn } from './numbers/largest.js';
import type { Prediction, TextClassifier } from './text_classifier.js';

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

/** The largest number of characters of a text to explain; the work grows with its square. */
export const longestExplainedText = 100_000;
/** Characters of text, and features, that are computed in one slice, which takes some milliseconds. */
const charactersAtOnce = 1 << 15;
const featuresAtOnce = 1 << 18;

/**
 * Explains a prediction by the effect of each word: the model is asked again without any occurrence of it. Effects are
 * exact, but they do not add up: the hidden layer is not linear, and words that are not in the vocabulary share an
 * input.
 * @throws ImdbTorchError ERR_USAGE for a text of more than `longestExplainedText` characters
 */
export function explainText(classifier: TextClassifier, text: string): Explanation {
  const slices = explainInSlices(classifier, text);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

/** Does what `explainText` does, but yields every few milliseconds, so that others can be served meanwhile. */
export function* explainInSlices(
  classifier: TextClassifier,
  text: string,
): Generator<undefined, Explanation, undefined> {
  if (text.length > longestExplainedText) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a text of at most ${longestExplainedText} characters but received ${text.length}; explain a part of it.`,
    );
  }
  const words = groupByWord(classifier.featurizer.tokenSpans(text));
  const logOdds = logOddsOf(classifier, [text]);
  const [prediction] = classifier.predict([text]);
  if (prediction === undefined) throw new Error('There is a prediction for each text.');
  const variantsAtOnce = Math.ceil(charactersAtOnce / (text.length + 1));
  for (let start = 0; start < words.length; start += variantsAtOnce) {
    yield;
    const some = words.slice(start, start + variantsAtOnce);
    const without = logOddsOf(
      classifier,
      some.map(({ spans }) => blankOut(text, spans)),
    );
    some.forEach((word, row) => {
      const { length } = logOdds;
      word.effects = Array.from(subtract(logOdds, without.subarray(row * length, (row + 1) * length)));
    });
  }
  return { prediction, logOdds: Array.from(logOdds), words };
}

/**
 * Returns for each class the words of the vocabulary with the largest effects, largest first: by how much a word alone
 * moves the log-odds of an empty text. Where texts are normalised, a word alone would have the whole length of a text
 * whatever it weighs: the heaviest word has that, the others in proportion to their weights.
 */
export function topWords(classifier: TextClassifier, count: number): TopWord[][] {
  const { classes, featurizer } = classifier;
  const { vocabulary } = featurizer;
  const effects = singleFeatureEffects(classifier);
  // Id 0 of the notebook stands for all unknown words.
  const first = featurizer.options.tokenizer === 'notebook' ? 1 : 0;
  const columns = classes.length;
  return classes.map((_, column) =>
    largestOfColumn(effects, { columns, column, first, count }).map(({ id, value }) => ({
      word: vocabulary.word(id),
      effect: value,
    })),
  );
}

/** Returns the effects of single features, `[features, classes]`, row-major. */
function singleFeatureEffects(classifier: TextClassifier): Float64Array {
  const { classes, featurizer } = classifier;
  const length = featurizer.vocabulary.size;
  const nothing = { ids: new Int32Array(0), offsets: Int32Array.of(0, 0), counts: null };
  const empty = classifier.logOdds(classifier.logitsOfEncoded(nothing));
  const weighting = withoutNorm(featurizer);
  const effects = new Float64Array(length * classes.length);
  const all = new Int32Array(length + 1).map((_, id) => id);
  for (let start = 0; start < length; start += featuresAtOnce) {
    const ids = all.subarray(start, Math.min(start + featuresAtOnce, length));
    const offsets = all.subarray(0, ids.length + 1);
    using bags = createBags({ ids, offsets, counts: null }, weighting);
    const logOdds = classifier.logOdds(classifier.logitsOfBags(bags));
    effects.set(subtractFromRows(logOdds, empty), start * classes.length);
  }
  return effects;
}

/** Returns a weighting with which single words keep the proportions of their weights. */
function withoutNorm({ options, vocabulary, weights }: BagWeighting): BagWeighting {
  if (!options.normalize || weights === null) return { options, vocabulary, weights };
  const heaviest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const gain = heaviest === 0 ? options.gain : options.gain / heaviest;
  return { options: { normalize: false, gain }, vocabulary, weights };
}

function logOddsOf(classifier: TextClassifier, texts: readonly string[]): Float64Array {
  return classifier.logOdds(classifier.logits(texts));
}

function groupByWord(spans: readonly TokenSpan[]): WordEffect[] {
  const words = new Map<string, WordEffect>();
  for (const span of spans) {
    const word = words.get(span.token);
    if (word === undefined) words.set(span.token, { word: span.token, spans: [span], effects: [] });
    else word.spans.push(span);
  }
  return [...words.values()];
}

/** Replaces each span by a blank, so that its neighbours stay apart. */
function blankOut(text: string, spans: readonly TokenSpan[]): string {
  let result = '';
  let end = 0;
  for (const span of spans) {
    result += `${text.slice(end, span.start)} `;
    ({ end } = span);
  }
  return result + text.slice(end);
}
