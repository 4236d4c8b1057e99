/** What goes over the wire. Types only: the page is compiled against them, too. `schemas.ts` says the same to machines. */
import type { PredictionAnswer } from '../report/documents/answers.js';

/** The model alone, with its adapter, or with the adapter merged into its weights. */
export type AdapterName = 'off' | 'on' | 'merged';

export interface PredictRequest {
  /** One text or many. */
  text: string | string[];
  /** Default: what the service was started with. */
  adapter?: AdapterName;
}

/** For many texts: in their order. */
export interface PredictionsAnswer {
  predictions: PredictionAnswer[];
}

export interface ExplainRequest {
  text: string;
  adapter?: AdapterName;
}

export interface ModelAnswer {
  /** Name of the run. */
  name: string;
  /** Of imdb-torch. */
  version: string;
  /** What trained the model. */
  command: string | null;
  /** On the test reviews of the run. */
  test: { loss: number; accuracy: number } | null;
  /** Of the answers to requests that ask for no adapter. */
  classes: string[];
  /** Of every adapter that there is: one can have been trained on other classes than the model. */
  classesByAdapter: Partial<Record<AdapterName, string[]>>;
  /** How many words or other features the model tells apart. */
  features: number;
  /** Width of the hidden layer; 0: the model is linear. */
  hidden: number;
  /** Those that a request can ask for. */
  adapters: AdapterName[];
  /** The one of requests that ask for none. */
  adapter: AdapterName;
  limits: {
    /** Bytes of a request's body. */
    bodyBytes: number;
    /** Texts of a request. */
    texts: number;
    /** Characters of a text to predict. */
    predictedCharacters: number;
    /** Characters of a text to explain. */
    explainedCharacters: number;
  };
}

export interface ErrorAnswer {
  code: ServiceErrorCode;
  message: string;
}

export type ServiceErrorCode =
  | 'ERR_BAD_REQUEST'
  | 'ERR_BUSY'
  | 'ERR_CLIENT_GONE'
  | 'ERR_FAILED'
  | 'ERR_HEADERS_TOO_LARGE'
  | 'ERR_MEDIA_TYPE'
  | 'ERR_METHOD'
  | 'ERR_NOT_FOUND'
  | 'ERR_NOT_UTF8'
  | 'ERR_STOPPING'
  | 'ERR_TIMEOUT'
  | 'ERR_TOO_LARGE';
