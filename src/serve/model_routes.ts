import type { FastifyInstance, FastifyReply } from 'fastify';
import { explainInSlices } from '../model/explanation.js';
import { explanationAnswer } from '../report/console/explanation.js';
import { noPrediction } from '../report/documents/answers.js';
import type { ExplainRequest, ModelAnswer, PredictRequest } from './documents.js';
import type { Limits } from './limits.js';
import type { ServiceMetrics } from './metrics.js';
import { predictInSlices, type ServedModels } from './models.js';
import { modelRouteSchema, requestSchemas } from './schemas.js';
import { ServiceError } from './service_error.js';
import type { WorkQueue } from './work_queue.js';

interface ModelRoutesOptions {
  models: ServedModels;
  limits: Limits;
  queue: WorkQueue;
  metrics: ServiceMetrics;
}

/** Bounds the answers to requests to explain, which have a number for each class of each word. */
const charactersTimesClasses = 2_000_000;
/** Texts of this length are explained however many classes there are. */
const alwaysExplained = 10_000;

/** Adds GET /model, POST /predict and POST /explain. */
export function addModelRoutes(app: FastifyInstance, { models, limits, queue, metrics }: ModelRoutesOptions): void {
  const { about } = models;
  const mostClasses = Math.max(...Object.values(about.classesByAdapter).map(({ length }) => length));
  const ofClasses = Math.max(alwaysExplained, Math.floor(charactersTimesClasses / mostClasses));
  const { bodyBytes, texts: mostTexts, predictedCharacters } = limits;
  const explainedCharacters = Math.min(limits.explainedCharacters, ofClasses);
  const model: ModelAnswer = {
    ...about,
    limits: { bodyBytes, texts: mostTexts, predictedCharacters, explainedCharacters },
  };
  const schemas = requestSchemas(about.adapters, { ...limits, explainedCharacters });

  app.get('/model', { schema: modelRouteSchema }, () => model);

  app.post<{ Body: PredictRequest }>('/predict', { schema: schemas.predict }, async (request, reply) => {
    const { text, adapter = about.adapter } = request.body;
    const classifier = models.classifier(adapter);
    const texts = typeof text === 'string' ? [text] : text;
    metrics.texts.inc({ route: '/predict' }, texts.length);
    refuseBrokenTexts(text);
    const found = await queue.run(predictInSlices(classifier, texts.filter(isText)), isWanted(reply));
    const each = found.values();
    const predictions = texts.map((one) => {
      const prediction = isText(one) ? each.next().value : undefined;
      return prediction ?? noPrediction;
    });
    return typeof text === 'string' ? predictions[0] : { predictions };
  });

  app.post<{ Body: ExplainRequest }>('/explain', { schema: schemas.explain }, async (request, reply) => {
    const { text, adapter = about.adapter } = request.body;
    const classifier = models.classifier(adapter);
    metrics.texts.inc({ route: '/explain' });
    refuseBrokenTexts(text);
    if (!isText(text)) return noPrediction;
    const explanation = await queue.run(explainInSlices(classifier, text), isWanted(reply));
    return explanationAnswer(explanation, classifier.classes);
  });
}

function isText(text: string): boolean {
  return text.trim() !== '';
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
