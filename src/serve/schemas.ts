/** The JSON schemas of the routes: requests are checked against them, and /openapi.json is made from them. */
import { toJsonSchemaDefs } from '@valibot/to-json-schema';
import { explanationSchema, predictionSchema } from '../report/documents/answers.js';
import * as documents from './documents.js';
import type { RequestLimits } from './limits.js';

type Schema = Readonly<Record<string, unknown>>;

const answers = {
  Prediction: predictionSchema,
  NoPrediction: documents.noPredictionSchema,
  Predictions: documents.predictionsSchema,
  Explanation: explanationSchema,
  Model: documents.modelSchema,
  Models: documents.modelsSchema,
  Health: documents.healthSchema,
  Error: documents.errorSchema,
};

/** The schemas of answers, which others refer to by their names. */
export const namedSchemas: readonly Schema[] = Object.entries(
  toJsonSchemaDefs(answers, {
    target: 'draft-2020-12',
    overrideRef: ({ referenceId }) => `${referenceId}#`,
  }),
).map(([name, schema]) => ({ $id: name, title: name, ...schema }));

function answerOf(name: keyof typeof answers, description: string): Schema {
  return { 200: { description, $ref: `${name}#` }, ...failures };
}

const failures = {
  '4xx': { description: 'The request is not as it should be.', $ref: 'Error#' },
  '5xx': { description: 'The service failed, has too much to do, is starting or is ending.', $ref: 'Error#' },
};

/** Returns the schemas of the routes that ask a model; which adapters it has is told and checked for each model. */
export function requestSchemas(limits: RequestLimits): Record<'predict' | 'explain', Schema> {
  const adapter = {
    type: 'string',
    enum: documents.adapterNames,
    description: "One of the model's adapters, as it tells them. Default: the adapter that it tells.",
  };
  const body = (text: Schema): Schema => ({
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: { text, adapter },
  });
  const one = { type: 'string', maxLength: limits.predictedCharacters };
  return {
    predict: {
      summary: 'Classify a text, or each of many.',
      body: body({ ...one, type: ['string', 'array'], items: one, maxItems: limits.texts }),
      response: {
        200: {
          description: 'One prediction for one text, else a list of them.',
          anyOf: [{ $ref: 'Prediction#' }, { $ref: 'NoPrediction#' }, { $ref: 'Predictions#' }],
        },
        ...failures,
      },
    },
    explain: {
      summary: 'Say what each word of a text does to its prediction: the model is asked again without the word.',
      body: body({ type: 'string', maxLength: limits.explainedCharacters }),
      response: {
        200: {
          description: 'The explanation, but for an empty text.',
          anyOf: [{ $ref: 'Explanation#' }, { $ref: 'NoPrediction#' }],
        },
        ...failures,
      },
    },
  };
}

export const modelRouteSchema: Schema = {
  summary: 'What is served where a request names no model.',
  response: answerOf('Model', 'The model and the limits.'),
};

export const modelsRouteSchema: Schema = {
  summary: 'All that is served, by names.',
  response: answerOf('Models', 'The models and their limits.'),
};

/** Returns the schema of a route for the model that the path names. */
export function withModelName({ summary, ...schema }: Schema): Schema {
  return {
    ...schema,
    summary: `${String(summary).replace(/\.$/, '')}, with the model of this name.`,
    params: { type: 'object', properties: { model: { type: 'string', description: 'A name of GET /models.' } } },
  };
}

export const healthRouteSchema: Schema = {
  summary: 'Whether the service is alive; needs no key.',
  response: answerOf('Health', 'It is.'),
};

export const readyRouteSchema: Schema = {
  summary: 'Whether the service answers with all its models; needs no key.',
  response: answerOf('Health', 'It does.'),
};

export const metricsRouteSchema: Schema = {
  summary: 'Figures for Prometheus.',
  response: {
    200: {
      description: "Prometheus' text format.",
      content: { 'text/plain': { schema: { type: 'string' } } },
    },
    ...failures,
  },
};
