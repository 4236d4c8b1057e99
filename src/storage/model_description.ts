import * as v from 'valibot';
import { ImdbTorchError } from '../errors.js';
import { isTokenizerName, notebookFeatures, type TokenizerName } from '../text/features.js';
import { weightings } from '../text/weighting/weightings.js';
import { parseJson } from './parse_json.js';

export const modelDescriptionName = 'model.json';

const finite = v.pipe(v.number(), v.finite());
const wholeFrom = (least: number): v.GenericSchema<number> => v.pipe(v.number(), v.safeInteger(), v.minValue(least));

export const calibrationSchema = v.variant('kind', [
  v.object({ kind: v.literal('temperature'), temperature: v.pipe(finite, v.gtValue(0)) }),
  v.object({ kind: v.literal('sigmoid'), scale: finite, bias: finite }),
]);

/**
 * How logits become probabilities, fitted on texts that the model was not trained on. `temperature`: softmax of the
 * logits divided by it (Guo et al. 2017). `sigmoid`, two classes only: the probability of the second class is the
 * sigmoid of `scale` times the difference of the logits plus `bias` (Platt 1999).
 */
export type Calibration = v.InferOutput<typeof calibrationSchema>;

export const decisionSchema = v.object({ offsets: v.pipe(v.array(finite), v.readonly()) });

/**
 * How a class is chosen from probabilities where the most probable one is not taken, fitted on texts that the model was
 * not trained on: the class with the largest ln(p) + offset, the first of equal ones. `offsets` has one for each class.
 */
export type Decision = v.InferOutput<typeof decisionSchema>;

/** The ways to choose a class: by the decision that was fitted for the model, or the most probable one. */
export const decisionNames = ['fitted', 'argmax'] as const;
export type DecisionName = (typeof decisionNames)[number];

const features = v.object({
  tokenizer: v.custom<TokenizerName>(isTokenizerName),
  ngrams: wholeFrom(1),
  characters: v.optional(
    v.pipe(
      v.tuple([wholeFrom(1), wholeFrom(1)]),
      v.check(([least, most]) => least <= most),
      v.readonly(),
    ),
  ),
  characterWeight: v.optional(v.pipe(finite, v.gtValue(0))),
  minimumCount: wholeFrom(1),
  vocabularySize: v.nullable(wholeFrom(1)),
  counts: v.picklist(['binary', 'counts']),
  weighting: v.picklist(weightings),
  normalize: v.union([v.boolean(), v.literal('length')]),
  gain: finite,
});

const fields = v.object({
  schema: v.literal(1),
  /** Names of the outputs, in their order. */
  classes: v.pipe(
    v.array(v.string()),
    v.check((names) => names.length >= 2 && new Set(names).size === names.length),
    v.readonly(),
  ),
  /** Number of outputs, that of the classes. */
  output: v.number(),
  /** Width of the hidden layer; 0: a linear model. */
  hidden: wholeFrom(0),
  features,
  /** Null: probabilities are the softmax of the logits. */
  calibration: v.nullable(calibrationSchema),
  /** How probabilities become the predicted class; absent: the most probable one, the first of equal ones. */
  decision: v.exactOptional(decisionSchema),
  /** SHA-256 of the model file that this one was fine-tuned from, where it was. */
  base: v.exactOptional(v.string()),
});

const descriptionSchema = v.pipe(
  fields,
  v.forward(
    v.partialCheck([['output'], ['classes']], ({ output, classes }) => output === classes.length),
    ['output'],
  ),
  v.forward(
    v.partialCheck(
      [['calibration'], ['classes']],
      ({ calibration, classes }) => calibration?.kind !== 'sigmoid' || classes.length === 2,
    ),
    ['calibration'],
  ),
  v.forward(
    v.partialCheck(
      [['decision'], ['classes']],
      ({ decision, classes }) => decision === undefined || decision.offsets.length === classes.length,
    ),
    ['decision'],
  ),
);

/** What is to stand in each field, for messages. */
const expected: Readonly<Record<keyof ModelDescription, string>> = {
  schema: '"schema" 1',
  classes: 'two or more different "classes"',
  output: '"output" to be the number of classes',
  hidden: 'a whole number as "hidden"',
  features: 'known "features"',
  calibration: 'a known "calibration"',
  decision: 'a "decision" with a finite offset for each class',
  base: 'a text as "base"',
};

/** What the tensors of a run mean: the document of `model.json`. */
export type ModelDescription = {
  readonly [Name in keyof v.InferOutput<typeof fields>]: v.InferOutput<typeof fields>[Name];
};

/** The description of a run without `model.json`, which holds the notebook's model. */
export function notebookDescription(words: number, hidden: number): ModelDescription {
  const ofWords = { ...notebookFeatures, vocabularySize: words };
  return { schema: 1, classes: ['neg', 'pos'], features: ofWords, hidden, output: 2, calibration: null };
}

/**
 * Reads the text of a `model.json`.
 * @param path what messages call it
 * @throws ERR_RUN that names every field that is not as expected
 */
export function parseModelDescription(path: string, text: string): ModelDescription {
  const { document, issues } = parseJson(descriptionSchema, text);
  if (issues === null) return document;
  const wrong = new Set(issues.map((issue) => issue.path?.[0].key));
  const problems = Object.entries(expected).flatMap(([name, rule]) => (wrong.has(name) ? [rule] : []));
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected ${problems.length === 0 ? 'a JSON object' : problems.join(', ')} in ${path}, ` +
      'which is damaged or of another version of imdb-torch; train again.',
  );
}
