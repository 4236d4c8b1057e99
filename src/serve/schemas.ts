/** What the service takes and gives: requests are checked against it, and /openapi.json is made from it. */
import type { AdapterName } from './documents.js';
import type { Limits } from './limits.js';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const number = { type: 'number' };
const count = { type: 'integer', minimum: 0 };
const probability = { type: 'number', minimum: 0, maximum: 1 };
const adapterName = { type: 'string', enum: ['off', 'on', 'merged'] };
const byClass = (value: Schema, description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: value,
});

/** An object that has all these fields and no other. */
function record(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
    ...more,
  };
}

const prediction = record({
  label: { ...text, description: 'The most probable class.' },
  probability: { ...probability, description: 'Of the label.' },
  probabilities: byClass(probability, 'Of each class.'),
});

const explanation = record({
  prediction: { $ref: 'Prediction#' },
  logOdds: byClass(number, 'Of each class: ln(p / (1 - p)).'),
  words: {
    type: 'array',
    description: 'The different words, in the order in which they first stand in the text.',
    items: record({
      word: text,
      spans: {
        type: 'array',
        description: 'Where the word stands, in UTF-16 units: from its first to behind its last character.',
        items: { type: 'array', items: count, minItems: 2, maxItems: 2 },
      },
      effects: byClass(number, 'Log-odds with the word less those without it.'),
    }),
  },
});

const model = record({
  name: text,
  version: text,
  command: { type: ['string', 'null'] },
  test: record({ loss: number, accuracy: probability }, { type: ['object', 'null'] }),
  classes: { type: 'array', items: text, description: 'Of answers to requests that ask for no adapter.' },
  classesByAdapter: {
    type: 'object',
    description: 'Of each adapter.',
    additionalProperties: { type: 'array', items: text },
  },
  features: count,
  hidden: count,
  adapters: { type: 'array', items: adapterName },
  adapter: adapterName,
  limits: record({
    bodyBytes: count,
    texts: count,
    predictedCharacters: count,
    explainedCharacters: count,
  }),
});

const error = record({ code: text, message: text });

/** Schemas that others refer to by their names. */
export const namedSchemas: readonly Schema[] = Object.entries({
  Prediction: prediction,
  Explanation: explanation,
  Model: model,
  Error: error,
}).map(([name, schema]) => ({ $id: name, title: name, ...schema }));

const failures = {
  '4xx': { description: 'The request is not as it should be.', $ref: 'Error#' },
  '5xx': { description: 'The service failed, has too much to do or is ending.', $ref: 'Error#' },
};

/** @param adapters those that a request can ask for */
export function requestSchemas(
  adapters: readonly AdapterName[],
  limits: Limits,
): Record<'predict' | 'explain', Schema> {
  const adapter = { type: 'string', enum: adapters, description: 'Default: that of GET /model.' };
  const one = { ...text, maxLength: limits.predictedCharacters };
  return {
    predict: {
      summary: 'Classify a text, or each of many.',
      body: record(
        {
          text: { ...one, type: ['string', 'array'], items: one, maxItems: limits.texts },
          adapter,
        },
        { required: ['text'] },
      ),
      response: {
        200: {
          description: 'One prediction for one text, else a list of them.',
          anyOf: [
            { $ref: 'Prediction#' },
            record({ predictions: { type: 'array', items: { $ref: 'Prediction#' } } }),
          ],
        },
        ...failures,
      },
    },
    explain: {
      summary:
        'Say what each word of a text does to its prediction: the model is asked again without the word.',
      body: record(
        { text: { ...text, maxLength: limits.explainedCharacters }, adapter },
        { required: ['text'] },
      ),
      response: { 200: { description: 'The explanation.', $ref: 'Explanation#' }, ...failures },
    },
  };
}

export const modelSchema: Schema = {
  summary: 'What is served.',
  response: { 200: { description: 'The model and the limits.', $ref: 'Model#' }, ...failures },
};

export const healthSchema: Schema = {
  summary: 'Whether the service is there.',
  response: { 200: { description: 'It is.', ...record({ status: { const: 'ok' } }) }, ...failures },
};

export const metricsSchema: Schema = {
  summary: 'Figures for Prometheus.',
  response: {
    200: { description: "Prometheus' text format.", content: { 'text/plain': { schema: text } } },
    ...failures,
  },
};
