import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { explainInSlices } from '../portable/explanation.js';
import { explanationAnswer } from '../report/console/explanation.js';
import { noPrediction } from '../report/documents/answers.js';
import type { BaseClassifier } from '../portable/base_classifier.js';
import { askModel, classifierOf } from './answering.js';
import type { AdapterName, ExplainRequest, ModelAnswer, ModelsAnswer, PredictRequest } from './documents.js';
import type { RequestLimits } from './limits.js';
import type { HeldModel, Models } from './models.js';
import { predictInSlices } from './prediction_slices.js';
import { modelRouteSchema, modelsRouteSchema, requestSchemas, withModelName } from './schemas.js';
import type { About } from './served_model.js';
import { failureOf, ServiceError } from './service_error.js';
import type { Slices, WorkQueue } from './work_queue.js';

export interface ModelRoutesOptions {
  models: Models;
  limits: RequestLimits;
  queue: WorkQueue;
  /** Called with the number of texts that a request asks a model about. */
  onTexts: (request: FastifyRequest, texts: AskedTexts) => void;
}

export interface AskedTexts {
  readonly route: '/predict' | '/explain';
  readonly model: string;
  readonly count: number;
}

interface OfModel {
  Params: { model?: string };
}

/** Bounds the answers to requests to explain, which have a number for each class of each word. */
const charactersTimesClasses = 2_000_000;
/** Texts of this length are explained however many classes there are. */
const alwaysExplained = 10_000;

/** Adds GET /models, and GET /model, POST /predict and POST /explain, also below /models/:model. */
export function addModelRoutes(app: FastifyInstance, options: ModelRoutesOptions): void {
  const { models, limits } = options;
  const { bodyBytes: bodyLimit } = limits;
  const { predict, explain } = answersOf(options);
  const tell = (name?: string): ModelAnswer => {
    using held = models.hold(name);
    return tellOf(held.model.about, limits);
  };
  const schemas = requestSchemas(limits);
  app.get('/models', { schema: modelsRouteSchema }, (): ModelsAnswer => {
    const all = models.names.map(tell);
    return { default: all[0]?.name ?? '', models: all };
  });
  app.get('/model', { schema: modelRouteSchema }, () => tell());
  app.post('/predict', { schema: schemas.predict, bodyLimit }, predict);
  app.post('/explain', { schema: schemas.explain, bodyLimit }, explain);
  const named = '/models/:model';
  app.get<OfModel>(named, { schema: withModelName(modelRouteSchema) }, ({ params }) => tell(params.model));
  app.post(`${named}/predict`, { schema: withModelName(schemas.predict), bodyLimit }, predict);
  app.post(`${named}/explain`, { schema: withModelName(schemas.explain), bodyLimit }, explain);
}

/** Returns what answers requests to predict and to explain. */
function answersOf({ models, limits, queue, onTexts }: ModelRoutesOptions) {
  const ask = <T>(
    { model }: HeldModel,
    adapter: AdapterName | undefined,
    reply: FastifyReply,
    work: (classifier: BaseClassifier) => Slices<T>,
  ): Promise<T> =>
    queue.run(askModel(model, adapter, work), isWanted(reply)).catch((error: unknown) => {
      throw failureOf(error);
    });

  const predict = async (request: FastifyRequest<OfModel & { Body: PredictRequest }>, reply: FastifyReply) => {
    const { text, adapter } = request.body;
    using held = models.hold(request.params.model);
    classifierOf(held.model, adapter);
    const texts = typeof text === 'string' ? [text] : text;
    onTexts(request, { route: '/predict', model: held.model.name, count: texts.length });
    refuseBrokenTexts(text);
    const asked = texts.filter(isText);
    const found = await ask(held, adapter, reply, (classifier) => predictInSlices(classifier, asked));
    const each = found.values();
    const predictions = texts.map((one) => (isText(one) ? each.next().value : undefined) ?? noPrediction);
    return typeof text === 'string' ? predictions[0] : { predictions };
  };

  const explain = async (request: FastifyRequest<OfModel & { Body: ExplainRequest }>, reply: FastifyReply) => {
    const { text, adapter } = request.body;
    using held = models.hold(request.params.model);
    classifierOf(held.model, adapter);
    onTexts(request, { route: '/explain', model: held.model.name, count: 1 });
    refuseBrokenTexts(text);
    refuseLongText(text, tellOf(held.model.about, limits).limits.explainedCharacters);
    if (!isText(text)) return noPrediction;
    return await ask(held, adapter, reply, (classifier) => explainAll(classifier, text));
  };
  return { predict, explain };
}

function tellOf(about: About, limits: RequestLimits): ModelAnswer {
  const { bodyBytes, texts, predictedCharacters } = limits;
  const mostClasses = Math.max(...Object.values(about.classesByAdapter).map(({ length }) => length));
  const ofClasses = Math.max(alwaysExplained, Math.floor(charactersTimesClasses / mostClasses));
  const explainedCharacters = Math.min(limits.explainedCharacters, ofClasses);
  return { ...about, limits: { bodyBytes, texts, predictedCharacters, explainedCharacters } };
}

function* explainAll(classifier: BaseClassifier, text: string): Slices<ReturnType<typeof explanationAnswer>> {
  return explanationAnswer(yield* explainInSlices(classifier, text), classifier.classes);
}

function isText(text: string): boolean {
  return text.trim() !== '';
}

/** @throws ServiceError ERR_BAD_REQUEST for a text that is longer than those of so many classes may be */
function refuseLongText(text: string, most: number): void {
  // There are at least half as many characters as UTF-16 units.
  if (text.length <= most || Array.from(text).length <= most) return;
  throw new ServiceError('ERR_BAD_REQUEST', `The request's body/text must NOT have more than ${most} characters.`);
}

/** @throws ServiceError ERR_BAD_REQUEST that names the place of what stands in no text */
function refuseBrokenTexts(text: string | readonly string[]): void {
  for (const [index, one] of (typeof text === 'string' ? [text] : text).entries()) {
    const found = /[\0\p{Surrogate}]/u.exec(one);
    if (found === null) continue;
    const what = found[0] === '\0' ? 'the character NUL' : 'half of a surrogate pair';
    const place = typeof text === 'string' ? 'body/text' : `body/text/${index}`;
    throw new ServiceError(
      'ERR_BAD_REQUEST',
      `The request's ${place} has ${what} at UTF-16 unit ${found.index}; send the text without it.`,
    );
  }
}

/** Returns a function that says whether somebody still waits for the reply. */
function isWanted({ raw }: FastifyReply): () => boolean {
  return () => !raw.destroyed;
}
