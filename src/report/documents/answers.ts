/** Schemas and types of the JSON that programs get for a prediction or an explanation. */
import * as v from 'valibot';

const number = v.number();
const probability = v.pipe(number, v.minValue(0), v.maxValue(1));
const position = v.pipe(number, v.integer(), v.minValue(0));

export const predictionSchema = v.strictObject({
  label: v.pipe(
    v.string(),
    v.description('The predicted class: the most probable one, unless thresholds that were fitted decide otherwise.'),
  ),
  probability: v.pipe(probability, v.description('The probability of the label.')),
  probabilities: v.pipe(v.record(v.string(), probability), v.description('The probability of each class.')),
});

const wordSchema = v.strictObject({
  word: v.pipe(v.string(), v.description('The word as the tokenizer gives it.')),
  spans: v.pipe(
    v.array(v.strictTuple([position, position])),
    v.description('Where the word stands, in UTF-16 units: from its first to behind its last character.'),
  ),
  effects: v.pipe(
    v.record(v.string(), number),
    v.description('The log-odds with the word less those without it, for each class.'),
  ),
});

export const explanationSchema = v.strictObject({
  prediction: predictionSchema,
  logOdds: v.pipe(v.record(v.string(), number), v.description('ln(p / (1 - p)) of each class.')),
  words: v.pipe(
    v.array(wordSchema),
    v.description('The different words, in the order in which they first stand in the text.'),
  ),
});

export type PredictionAnswer = v.InferOutput<typeof predictionSchema>;
export type WordAnswer = v.InferOutput<typeof wordSchema>;
export type ExplanationAnswer = v.InferOutput<typeof explanationSchema>;

/** The answer for an empty text, of which a model has nothing to say. */
export const noPrediction = Object.freeze({ label: null, probability: null, problem: 'empty' });
