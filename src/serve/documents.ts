/** Types of requests, and schemas and types of answers. The page is compiled against the types. */
import * as v from 'valibot';
import { predictionSchema } from '../report/documents/answers.js';

export const adapterNames = ['off', 'on', 'merged'] as const;
const adapterName = v.picklist(adapterNames);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The model alone, with its adapter, or with the adapter merged into its weights. */
export type AdapterName = v.InferOutput<typeof adapterName>;

export interface PredictRequest {
  /** One text or many. */
  text: string | string[];
  /** Default: the adapter that the service was started with. */
  adapter?: AdapterName;
}

export interface ExplainRequest {
  text: string;
  adapter?: AdapterName;
}

/** The answer for an empty text, of which a model has nothing to say. */
export const noPredictionSchema = v.strictObject({
  label: v.null(),
  probability: v.null(),
  problem: v.pipe(v.literal('empty'), v.description('The text is empty, or has blanks alone.')),
});

/** The answer for many texts. */
export const predictionsSchema = v.strictObject({
  predictions: v.pipe(
    v.array(v.union([predictionSchema, noPredictionSchema])),
    v.description('The predictions, in the order of the texts.'),
  ),
});

export const modelSchema = v.strictObject({
  name: v.pipe(v.string(), v.description('The name that the model is served under.')),
  version: v.pipe(v.string(), v.description('The version of imdb-torch.')),
  command: v.pipe(v.nullable(v.string()), v.description('The command that trained the model.')),
  test: v.pipe(
    v.nullable(v.strictObject({ loss: v.number(), accuracy: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) })),
    v.description('How the model did on the test reviews of the run.'),
  ),
  classes: v.pipe(v.array(v.string()), v.description('The classes of answers to requests that ask for no adapter.')),
  classesByAdapter: v.pipe(
    v.record(v.string(), v.array(v.string())),
    v.description('The classes of each adapter: one can have been trained on other classes than the model.'),
  ),
  engine: v.pipe(
    v.picklist(['portable', 'fused', 'torch']),
    v.description('What computes it: plain JavaScript, the kernels of the addon, or the operators of libtorch.'),
  ),
  features: v.pipe(count, v.description('The number of words or other features that the model tells apart.')),
  hidden: v.pipe(count, v.description('The width of the hidden layer; 0: the model is linear.')),
  adapters: v.pipe(v.array(adapterName), v.description('The adapters that a request can ask for.')),
  adapter: v.pipe(adapterName, v.description('The adapter of requests that ask for none.')),
  limits: v.strictObject({
    bodyBytes: v.pipe(count, v.description('The most bytes of the body of a request.')),
    texts: v.pipe(count, v.description('The most texts of a request.')),
    predictedCharacters: v.pipe(count, v.description('The most characters of a text to predict.')),
    explainedCharacters: v.pipe(count, v.description('The most characters of a text to explain.')),
  }),
});
export type ModelAnswer = v.InferOutput<typeof modelSchema>;

export const modelsSchema = v.strictObject({
  default: v.pipe(v.string(), v.description('The name of the model for requests that name none.')),
  models: v.array(modelSchema),
});
export type ModelsAnswer = v.InferOutput<typeof modelsSchema>;

const errorCode = v.picklist([
  'ERR_API_KEY',
  'ERR_BAD_REQUEST',
  'ERR_BUSY',
  'ERR_CLIENT_GONE',
  'ERR_FAILED',
  'ERR_HEADERS_TOO_LARGE',
  'ERR_HOST',
  'ERR_MEDIA_TYPE',
  'ERR_METHOD',
  'ERR_NOT_FOUND',
  'ERR_NOT_UTF8',
  'ERR_STARTING',
  'ERR_STOPPING',
  'ERR_TIMEOUT',
  'ERR_TOO_LARGE',
]);
export type ServiceErrorCode = v.InferOutput<typeof errorCode>;

export const errorSchema = v.strictObject({ code: errorCode, message: v.string() });
export type ErrorAnswer = v.InferOutput<typeof errorSchema>;

export const healthSchema = v.strictObject({ status: v.literal('ok') });
