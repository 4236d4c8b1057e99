import type { FastifyError } from 'fastify';
import type { ErrorAnswer, ServiceErrorCode } from './documents.js';

const statuses: Readonly<Record<ServiceErrorCode, number>> = {
  ERR_BAD_REQUEST: 400,
  ERR_NOT_UTF8: 400,
  ERR_API_KEY: 401,
  ERR_HOST: 403,
  ERR_NOT_FOUND: 404,
  ERR_METHOD: 405,
  ERR_TIMEOUT: 408,
  ERR_TOO_LARGE: 413,
  ERR_MEDIA_TYPE: 415,
  ERR_HEADERS_TOO_LARGE: 431,
  // Nobody is there to read it; nginx has made it usual in logs and metrics.
  ERR_CLIENT_GONE: 499,
  ERR_FAILED: 500,
  ERR_BUSY: 503,
  ERR_STARTING: 503,
  ERR_STOPPING: 503,
};

/** A request that is not answered as it was asked. The message goes to the client. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly code: ServiceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get statusCode(): number {
    return statuses[this.code];
  }

  toJSON(): ErrorAnswer {
    return { code: this.code, message: this.message };
  }
}

/** Whether an error is of how the service reads requests; others come from hooks of the app that it is a part of. */
export function isOfService({ code, validation }: Partial<FastifyError>): boolean {
  return validation !== undefined || (code ?? '').startsWith('FST_ERR_CTP_');
}

const frameworkCodes: Readonly<Record<string, ServiceErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'ERR_TOO_LARGE',
};

/**
 * Returns what the client is told of an error: its message when the client has caused it, else only that there was
 * one.
 * @param prefix what the paths of the service begin with
 */
export function serviceErrorOf(error: FastifyError | ServiceError, prefix: string): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.validation !== undefined) return new ServiceError('ERR_BAD_REQUEST', error.message);
  const code = frameworkCodes[error.code];
  if (code !== undefined) return new ServiceError(code, `${error.message}; ${prefix}/openapi.json says what is taken.`);
  const { statusCode = 500 } = error;
  if (statusCode >= 400 && statusCode < 500)
    return new ServiceError('ERR_BAD_REQUEST', `The request cannot be read: ${error.message}.`);
  return failureOf(error);
}

/** Returns what the client is told of an error of which it learns no more than that there was one: the cause. */
export function failureOf(cause: unknown): ServiceError {
  return cause instanceof ServiceError
    ? cause
    : new ServiceError('ERR_FAILED', 'The service failed at this request; its log says why.', { cause });
}

interface SchemaProblem {
  instancePath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}

/**
 * Returns an error that says what a body should have been and is not.
 * @param problems as Ajv tells them
 * @param prefix what the paths of the service begin with
 */
export function describeProblems(problems: readonly SchemaProblem[], part: string, prefix: string): Error {
  const sentences = problems.map(({ instancePath, keyword, message = 'is not as described', params }) => {
    const extra = keyword === 'additionalProperties' ? `: ${JSON.stringify(params.additionalProperty)}` : '';
    const choice = keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : '';
    return `${part}${instancePath} ${message.replace(',', ' or ')}${extra}${choice}`;
  });
  return new Error(`The request's ${sentences.join(', ')}; ${prefix}/openapi.json says what is taken.`);
}
