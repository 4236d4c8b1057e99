/** These functions ask the service that the page came from. */
import type { ExplanationAnswer, PredictionAnswer } from '../report/documents/answers.js';
import type { AdapterName, ErrorAnswer, ModelAnswer } from '../serve/documents.js';

/** The service does not answer or has no time; the page is to try again. */
export class ServiceAway extends Error {
  override readonly name = 'ServiceAway';
}

/** The service does not take the request; its message says why. */
class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

const longestMilliseconds = 30_000;

export function askModel(): Promise<ModelAnswer> {
  return ask('model', {});
}

/** @param signal gives the question up */
export function predict(text: string, adapter: AdapterName, signal: AbortSignal): Promise<PredictionAnswer> {
  return post('predict', { text, adapter }, signal);
}

/** @param signal gives the question up */
export function explain(text: string, adapter: AdapterName, signal: AbortSignal): Promise<ExplanationAnswer> {
  return post('explain', { text, adapter }, signal);
}

/** Returns whether the service answers again. */
export async function isThere(): Promise<boolean> {
  try {
    await ask('healthz', {});
    return true;
  } catch {
    return false;
  }
}

function post<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
}

/** @throws the reason of the signal; ServiceAway; RequestRefused */
async function ask<T>(path: string, { signal, ...options }: RequestInit): Promise<T> {
  const timeout = AbortSignal.timeout(longestMilliseconds);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      ...options,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    answer = await response.json();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServiceAway('The service does not answer.', { cause: error });
  }
  if (response.ok) return answer as T;
  const { message } = answer as ErrorAnswer;
  throw response.status === 503 ? new ServiceAway(message) : new RequestRefused(message);
}
