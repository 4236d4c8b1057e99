import { aString, onlyFields, optional, wholeFrom } from '../arguments.js';
import { aClassifier } from '../portable/expected.js';
import { explainText, topWords, type TopWord } from '../portable/explanation.js';
import type { BaseClassifier } from '../portable/base_classifier.js';
import { explanationAnswer } from '../report/console/explanation.js';
import { noPrediction, type ExplanationAnswer } from '../report/documents/answers.js';

export interface ExplainOptions {
  /** Also names this number of words of the vocabulary that speak most for each class. */
  readonly top?: number | undefined;
}

/** The words of the vocabulary that speak most for each class, by the names of the classes. */
export type TopWordsByClass = Readonly<Record<string, readonly TopWord[]>>;

/** The document that `explain --json` prints, but for the run directory. */
export type ExplanationDocument = (ExplanationAnswer | typeof noPrediction) & {
  readonly schema: 1;
  readonly command: 'explain';
  readonly top?: TopWordsByClass;
};

const checkOptions = onlyFields({ top: optional(wholeFrom(1)) });

/**
 * Says why a model predicts what it does, as the command `explain` does: by the effect of each word on the log-odds of each
 * class. An empty text gets `label: null` and `problem: 'empty'`.
 * @throws ImdbTorchError ERR_USAGE for a text of more than a million characters; TypeError
 */
export function explain(classifier: BaseClassifier, text: string, options: ExplainOptions = {}): ExplanationDocument {
  aClassifier(classifier, 'classifier');
  aString(text, 'text');
  checkOptions(options, 'options');
  const { top: count } = options;
  const { classes } = classifier;
  const isEmpty = text.trim() === '';
  return {
    schema: 1,
    command: 'explain',
    ...(isEmpty ? noPrediction : explanationAnswer(explainText(classifier, text), classes)),
    ...(count !== undefined && { top: topWordsByClass(classifier, count) }),
  };
}

/** Returns what `topWords` does, by the names of the classes. */
export function topWordsByClass(classifier: BaseClassifier, count: number): TopWordsByClass {
  const words = topWords(classifier, count);
  return Object.fromEntries(classifier.classes.map((name, k) => [name, words[k] ?? []]));
}
