import swagger from '@fastify/swagger';
import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { packageVersion } from '../setup/package_root.js';
import { mediaTypeError, takeJsonOnly } from './json_bodies.js';
import { addModelRoutes, type ModelRoutesOptions } from './model_routes.js';
import { openRoute } from './open_routes.js';
import { addPage } from './page_files.js';
import { prefixOf } from './prefix.js';
import { namedSchemas } from './schemas.js';
import { describeProblems, isOfService, ServiceError, serviceErrorOf } from './service_error.js';

export interface ModelServiceOptions extends ModelRoutesOptions {
  /** Whether there is the page, too. */
  readonly page: boolean;
  /** Whether requests need a key, which the OpenAPI then says. */
  readonly hasKeys: boolean;
  /** Called with errors that are the service's own fault. */
  readonly onFailure: (error: unknown) => void;
}

/** Adds what answers with models to this part of an app, whose other parts stay as they are. */
export async function addModelService(app: FastifyInstance, options: ModelServiceOptions): Promise<void> {
  const prefix = prefixOf(app);
  // A body that is not as described is an error: nothing is made to fit.
  const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, allowUnionTypes: true, strictTypes: false });
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema));
  app.setSchemaErrorFormatter((problems, part) => describeProblems(problems, part, prefix));
  app.setSerializerCompiler(() => serialize);
  const answerError = errorHandler(prefix, options.onFailure);
  app.setErrorHandler((error: Parameters<typeof answerError>[0], request, reply) => {
    // What hooks of the app throw is answered as the app answers it elsewhere.
    if (!(error instanceof ServiceError || isOfService(error))) throw error;
    answerError(error, request, reply);
  });
  takeJsonOnly(app);
  for (const schema of namedSchemas) app.addSchema(schema);
  await describeRoutes(app, options.hasKeys);
  addModelRoutes(app, options);
  if (options.page) addPage(app);
}

/** Errors that the app answers have what Fastify gives them where there is no schema of answers. */
function serialize(answer: unknown): string {
  if (!(answer instanceof Error)) return JSON.stringify(answer);
  const { statusCode, code, error, message } = answer as Error & Record<string, unknown>;
  return JSON.stringify({ statusCode, code, error, message });
}

/** Returns what answers a request with an error. @param prefix what the paths of the service begin with */
export function errorHandler(prefix: string, onFailure: ModelServiceOptions['onFailure']) {
  return (error: Parameters<typeof serviceErrorOf>[0], request: FastifyRequest, reply: FastifyReply): void => {
    const isOfOtherType = error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE';
    const answer = isOfOtherType ? mediaTypeError(request) : serviceErrorOf(error, prefix);
    if (answer.code === 'ERR_FAILED') onFailure(answer.cause);
    if (answer.code === 'ERR_BUSY' || answer.code === 'ERR_STARTING') reply.header('retry-after', '1');
    void reply.code(answer.statusCode).type('application/json; charset=utf-8').send(JSON.stringify(answer));
  };
}

/** Adds GET /openapi.json, which describes the routes that are added later. */
async function describeRoutes(app: FastifyInstance, hasKeys: boolean): Promise<void> {
  // An app that this is a part of can have a description of its own.
  const decorator = 'openApiOfModels';
  const securitySchemes = {
    bearer: { type: 'http', scheme: 'bearer' },
    header: { type: 'apiKey', name: 'x-api-key', in: 'header' },
  } as const;
  await app.register(swagger, {
    decorator,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'imdb-torch',
        description: 'Trained text classifiers. Errors are objects with a code and a message.',
        version: packageVersion(),
      },
      servers: [{ url: prefixOf(app) || '/' }],
      ...(hasKeys && { components: { securitySchemes }, security: [{ bearer: [] }, { header: [] }] }),
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  });
  const describe = app.getDecorator<() => unknown>(decorator);
  app.get('/openapi.json', { schema: { hide: true }, config: openRoute }, () => describe());
}
