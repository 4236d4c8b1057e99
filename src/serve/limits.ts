/** The most that a client can ask of the models. */
export interface RequestLimits {
  /** The bytes of the body of a request. Default: 1 MiB. */
  readonly bodyBytes: number;
  /** The number of texts in a request. Default: 1000. */
  readonly texts: number;
  /** The characters of a text to predict. Default: 100,000. */
  readonly predictedCharacters: number;
  /**
   * The characters of a text to explain. Default: 100,000. With many classes the limit is lower, since an answer has a
   * number for each class of each word.
   */
  readonly explainedCharacters: number;
  /** The number of requests that wait for the models; further ones are turned away. Default: 1024. */
  readonly waiting: number;
}

/** The most that a client can ask of the service. */
export interface Limits extends RequestLimits {
  readonly headerBytes: number;
  readonly connections: number;
  /** The time from the first byte of a request to the last one of its headers. */
  readonly headersMilliseconds: number;
  /** The time from the first byte of a request to its last one. */
  readonly requestMilliseconds: number;
  /** The time without a byte in either direction. */
  readonly silenceMilliseconds: number;
  /** The time between two requests of a connection. */
  readonly keepAliveMilliseconds: number;
  /** The time between two looks at how long requests take. */
  readonly checkMilliseconds: number;
  /** The time that requests under way have to end when the service is stopped. */
  readonly stopMilliseconds: number;
}

/** Returns the limits that are given, and the usual ones for those that are left out or undefined. */
export function limitsOf(given: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } = {}): Limits {
  const named = Object.entries(given).filter(([, limit]) => limit !== undefined);
  return { ...usualLimits, ...Object.fromEntries(named) };
}

const usualLimits: Limits = Object.freeze({
  bodyBytes: 1 << 20,
  texts: 1000,
  predictedCharacters: 100_000,
  explainedCharacters: 100_000,
  headerBytes: 8 << 10,
  connections: 512,
  waiting: 1024,
  headersMilliseconds: 5_000,
  requestMilliseconds: 15_000,
  silenceMilliseconds: 60_000,
  keepAliveMilliseconds: 30_000,
  checkMilliseconds: 1_000,
  stopMilliseconds: 20_000,
});
