/** These functions ask the service that the page came from. */
import type { ExplanationAnswer, PredictionAnswer } from '../report/documents/answers.js';
import type { AdapterName, ErrorAnswer, ModelsAnswer } from '../serve/documents.js';

/** The service does not answer or has no time; the page is to try again. */
export class ServiceAway extends Error {
  override readonly name = 'ServiceAway';
}

/** The service wants a key, or another one. */
export class KeyNeeded extends Error {
  override readonly name = 'KeyNeeded';
}

/** The service does not take the request; its message says why. */
class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

const longestMilliseconds = 30_000;
/** The key is kept for as long as the window is open. */
const keyName = 'imdb-torch-key';

export function askModels(): Promise<ModelsAnswer> {
  return ask('models', {});
}

/** Has all requests come with this key. */
export function useKey(key: string): void {
  sessionStorage.setItem(keyName, key);
}

/** Who is asked. */
export interface Asked {
  readonly model: string;
  readonly adapter: AdapterName;
}

/** @param signal gives the question up */
export function predict(text: string, asked: Asked, signal: AbortSignal): Promise<PredictionAnswer> {
  return post('predict', text, asked, signal);
}

/** @param signal gives the question up */
export function explain(text: string, asked: Asked, signal: AbortSignal): Promise<ExplanationAnswer> {
  return post('explain', text, asked, signal);
}

/** Returns whether the service answers again. */
export async function isThere(): Promise<boolean> {
  try {
    await ask('readyz', {});
    return true;
  } catch {
    return false;
  }
}

function post<T>(route: string, text: string, { model, adapter }: Asked, signal: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ text, adapter });
  return ask(`models/${encodeURIComponent(model)}/${route}`, { method: 'POST', headers, body, signal });
}

/** @throws the reason of the signal; ServiceAway; KeyNeeded; RequestRefused */
async function ask<T>(path: string, { signal, ...options }: RequestInit): Promise<T> {
  const key = sessionStorage.getItem(keyName);
  const headers = new Headers(options.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  const timeout = AbortSignal.timeout(longestMilliseconds);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      ...options,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    answer = await response.json();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServiceAway('The service does not answer.', { cause: error });
  }
  if (response.ok) return answer as T;
  const { message } = answer as ErrorAnswer;
  if (response.status === 503) throw new ServiceAway(message);
  throw response.status === 401 ? new KeyNeeded(message) : new RequestRefused(message);
}
