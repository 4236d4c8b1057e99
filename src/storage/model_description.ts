import { ImdbTorchError } from '../errors.js';
import { notebookFeatures, type FeatureOptions } from '../text/features.js';

export const modelDescriptionName = 'model.json';

/**
 * How logits become probabilities, fitted on texts that the model was not trained on. `temperature`: softmax of the
 * logits divided by it (Guo et al. 2017). `sigmoid`, two classes only: the probability of the second class is the
 * sigmoid of `scale` times the difference of the logits plus `bias` (Platt 1999).
 */
export type Calibration =
  { kind: 'temperature'; temperature: number } | { kind: 'sigmoid'; scale: number; bias: number };

/** What the tensors of a run mean: the document of `model.json`. */
export interface ModelDescription {
  readonly schema: 1;
  /** Names of the outputs, in their order. */
  readonly classes: readonly string[];
  readonly features: FeatureOptions;
  /** Width of the hidden layer; 0: a linear model. */
  readonly hidden: number;
  /** Number of outputs, that of the classes. */
  readonly output: number;
  /** Null: probabilities are the softmax of the logits. */
  readonly calibration: Calibration | null;
  /** SHA-256 of the model file that this one was fine-tuned from, where it was. */
  readonly base?: string;
}

/** What a run without `model.json` holds: the notebook's model. */
export function notebookDescription(words: number, hidden: number): ModelDescription {
  const features = { ...notebookFeatures, vocabularySize: words };
  return { schema: 1, classes: ['neg', 'pos'], features, hidden, output: 2, calibration: null };
}

/**
 * Reads the text of a `model.json`.
 * @param path what messages call it
 * @throws ERR_RUN that names every field that is not as expected
 */
export function parseModelDescription(path: string, text: string): ModelDescription {
  const document = parseObject(text);
  const problems = document === null ? ['a JSON object'] : findProblems(document);
  if (problems.length === 0) return document as unknown as ModelDescription;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected ${problems.join(', ')} in ${path}, which is damaged or of another version of imdb-torch; train again.`,
  );
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | null {
  try {
    return asFields(JSON.parse(text));
  } catch {
    return null;
  }
}

function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** What was expected and is not there. */
function findProblems({ schema, classes, features, hidden, output, calibration, base }: Fields): string[] {
  const names = Array.isArray(classes) && classes.every((name) => typeof name === 'string') ? classes : [];
  const rules: Readonly<Record<string, boolean>> = {
    '"schema" 1': schema === 1,
    'two or more different "classes"': names.length >= 2 && new Set(names).size === names.length,
    '"output" to be the number of classes': output === names.length,
    'a whole number as "hidden"': isWhole(hidden, 0),
    'known "features"': hasKnownFeatures(asFields(features) ?? {}),
    'a known "calibration"': calibration === null || isCalibration(asFields(calibration) ?? {}, names.length),
    'a text as "base"': base === undefined || typeof base === 'string',
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

function hasKnownFeatures(features: Fields): boolean {
  const { tokenizer, ngrams, minimumCount, vocabularySize, counts, weighting, normalize, gain } = features;
  return (
    ['notebook', 'words-and-punctuation'].includes(String(tokenizer)) &&
    isWhole(ngrams, 1) &&
    isWhole(minimumCount, 1) &&
    (vocabularySize === null || isWhole(vocabularySize, 1)) &&
    ['binary', 'counts'].includes(String(counts)) &&
    ['none', 'naive-bayes'].includes(String(weighting)) &&
    typeof normalize === 'boolean' &&
    Number.isFinite(gain)
  );
}

function isCalibration({ kind, temperature, scale, bias }: Fields, classes: number): boolean {
  if (kind === 'temperature') return Number.isFinite(temperature) && (temperature as number) > 0;
  return kind === 'sigmoid' && classes === 2 && Number.isFinite(scale) && Number.isFinite(bias);
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
