/** What a client can ask of the service at most. */
export interface Limits {
  readonly bodyBytes: number;
  /** Texts of a request. */
  readonly texts: number;
  readonly predictedCharacters: number;
  /** The work grows with the square of the length. */
  readonly explainedCharacters: number;
  readonly headerBytes: number;
  readonly connections: number;
  /** Requests that wait for the model; further ones are turned away. */
  readonly waiting: number;
  /** From the first byte of a request to the last one of its headers. */
  readonly headersMilliseconds: number;
  /** From the first byte of a request to its last one. */
  readonly requestMilliseconds: number;
  /** Without a byte in either direction. */
  readonly silenceMilliseconds: number;
  /** Between two requests of a connection. */
  readonly keepAliveMilliseconds: number;
  /** How often the times of requests are looked at. */
  readonly checkMilliseconds: number;
  /** What is under way has so long to end when the service is stopped. */
  readonly stopMilliseconds: number;
}

export const usualLimits: Limits = Object.freeze({
  bodyBytes: 1 << 20,
  texts: 1000,
  predictedCharacters: 100_000,
  explainedCharacters: 10_000,
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
